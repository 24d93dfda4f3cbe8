import ApusCore
import ApusONNX

/// Difference of two arrays; shapes broadcast. <https://onnx.ai/onnx/operators/onnx__Sub.html>
struct Subtraction: Operator {
    static let type = OperatorType("Sub")

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(2...2)
        try node.requireNumPyBroadcasting()
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        [try context.combine(.subtract, try inputs.required(0), try inputs.required(1))]
    }
}
