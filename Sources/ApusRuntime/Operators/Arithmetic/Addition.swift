import ApusCore
import ApusONNX

/// Sum of two arrays; shapes broadcast. <https://onnx.ai/onnx/operators/onnx__Add.html>
struct Addition: Operator {
    static let type = OperatorType("Add")

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(2...2)
        try node.requireNumPyBroadcasting()
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        [try context.combine(.add, try inputs.required(0), try inputs.required(1))]
    }
}
