import ApusCore
import ApusONNX

/// Product, element by element; shapes broadcast. <https://onnx.ai/onnx/operators/onnx__Mul.html>
struct Multiplication: Operator {
    static let type = OperatorType("Mul")
    private let alignment: OperandAlignment

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(2...2)
        alignment = try OperandAlignment(node, opset: opset)
    }

    func isReplayable(constants: [Bool]) -> Bool { true }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let a = try inputs.required(0), b = try alignment.align(try inputs.required(1), to: a, context)
        return [try context.combine(.multiply, a, b)]
    }
}
