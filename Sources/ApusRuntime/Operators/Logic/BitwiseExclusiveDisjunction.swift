import ApusCore
import ApusONNX

/// The bits that one, but not both, of two integers has; shapes broadcast.
/// <https://onnx.ai/onnx/operators/onnx__BitwiseXor.html>
struct BitwiseExclusiveDisjunction: Operator {
    static let type = OperatorType("BitwiseXor", since: 18)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(2...2) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        [try context.combineBits(.xor, try inputs.required(0), try inputs.required(1))]
    }
}
