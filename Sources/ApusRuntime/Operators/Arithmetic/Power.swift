import ApusCore
import ApusONNX

/// `a` to the power of `b`; shapes broadcast. <https://onnx.ai/onnx/operators/onnx__Pow.html>
struct Power: Operator {
    static let type = OperatorType("Pow", since: 7)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(2...2) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        [try context.combine(.power, try inputs.required(0), try inputs.required(1))]
    }
}
