import ApusCore
import ApusONNX

/// The bits that either integer has; shapes broadcast. <https://onnx.ai/onnx/operators/onnx__BitwiseOr.html>
struct BitwiseDisjunction: Operator {
    static let type = OperatorType("BitwiseOr", since: 18)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(2...2) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        [try context.combineBits(.or, try inputs.required(0), try inputs.required(1))]
    }
}
