import ApusCore
import ApusONNX

/// Quotient, element by element; integers lose their remainder; shapes broadcast. <https://onnx.ai/onnx/operators/onnx__Div.html>
struct Division: Operator {
    static let type = OperatorType("Div")

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(2...2)
        try node.requireNumPyBroadcasting()
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        [try context.combine(.divide, try inputs.required(0), try inputs.required(1))]
    }
}
