import ApusCore
import ApusONNX

/// The largest of any number of arrays; shapes broadcast. <https://onnx.ai/onnx/operators/onnx__Max.html>
struct Maximum: Operator {
    static let type = OperatorType("Max", since: 6)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(1...) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        var result = try inputs.required(0)
        for index in inputs.indices.dropFirst() {
            result = try context.combine(.maximum, result, try inputs.required(index))
        }
        return [result]
    }
}
