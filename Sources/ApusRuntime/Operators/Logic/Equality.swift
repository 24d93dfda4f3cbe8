import ApusCore
import ApusONNX

/// Whether two arrays are equal, element by element; shapes broadcast.
/// <https://onnx.ai/onnx/operators/onnx__Equal.html>
struct Equality: Operator {
    static let type = OperatorType("Equal", since: 7)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(2...2) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let a = try inputs.required(0), b = try inputs.required(1)
        return [try context.compare(.equal, a, b)]
    }
}
