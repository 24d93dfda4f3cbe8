import ApusCore
import ApusONNX

/// One, but not both, of two truth values, element by element; shapes broadcast.
/// <https://onnx.ai/onnx/operators/onnx__Xor.html>
struct ExclusiveDisjunction: Operator {
    static let type = OperatorType("Xor", since: 7)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(2...2) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let a = try inputs.required(0, .bool), b = try inputs.required(1, .bool)
        return [try context.compare(.xor, a, b)]
    }
}
