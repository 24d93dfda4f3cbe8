import ApusCore
import ApusONNX

/// Sum of two arrays; shapes broadcast. <https://onnx.ai/onnx/operators/onnx__Add.html>
struct Addition: Operator {
    static let type = OperatorType("Add")
    private let alignment: OperandAlignment

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(2...2)
        alignment = try OperandAlignment(node, opset: opset)
    }

    func isReplayable(constants: [Bool]) -> Bool { true }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let a = try inputs.required(0), b = try alignment.align(try inputs.required(1), to: a, context)
        return [try context.combine(.add, a, b)]
    }
}
