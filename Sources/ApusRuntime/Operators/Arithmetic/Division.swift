import ApusCore
import ApusONNX

/// Quotient, element by element; integers lose their remainder; shapes broadcast.
/// <https://onnx.ai/onnx/operators/onnx__Div.html>
struct Division: Operator {
    static let type = OperatorType("Div")
    private let alignment: OperandAlignment

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(2...2)
        alignment = try OperandAlignment(node, opset: opset)
    }

    func isReplayable(constants: [Bool]) -> Bool { true }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let a = try inputs.required(0), b = try alignment.align(try inputs.required(1), to: a, context)
        return [try context.combine(.divide, a, b)]
    }
}
