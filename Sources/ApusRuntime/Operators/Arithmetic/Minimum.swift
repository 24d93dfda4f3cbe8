import ApusCore
import ApusONNX

/// The smallest of any number of arrays; shapes broadcast. <https://onnx.ai/onnx/operators/onnx__Min.html>
struct Minimum: Operator {
    static let type = OperatorType("Min", since: 6)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(1...) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        var result = try inputs.required(0)
        for index in inputs.indices.dropFirst() {
            result = try context.combine(.minimum, result, try inputs.required(index))
        }
        return [result]
    }
}
