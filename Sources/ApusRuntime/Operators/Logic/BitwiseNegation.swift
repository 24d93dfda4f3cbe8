import ApusCore
import ApusONNX

/// The opposite of each bit of an integer. <https://onnx.ai/onnx/operators/onnx__BitwiseNot.html>
struct BitwiseNegation: Operator {
    static let type = OperatorType("BitwiseNot", since: 18)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(1...1) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try inputs.required(0)
        let ones = try context.make([], x.dataType, integers: [-1])
        return [try context.combineBits(.xor, x, ones)]
    }
}
