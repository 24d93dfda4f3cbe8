import ApusCore
import ApusONNX

/// The bits that both integers have; shapes broadcast. <https://onnx.ai/onnx/operators/onnx__BitwiseAnd.html>
struct BitwiseConjunction: Operator {
    static let type = OperatorType("BitwiseAnd", since: 18)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(2...2) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        [try context.combineBits(.and, try inputs.required(0), try inputs.required(1))]
    }
}
