import ApusCore
import ApusONNX

/// Whether `a ≤ b`, element by element; shapes broadcast. <https://onnx.ai/onnx/operators/onnx__LessOrEqual.html>
struct LessThanOrEqual: Operator {
    static let type = OperatorType("LessOrEqual", since: 12)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(2...2) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let a = try inputs.required(0), b = try inputs.required(1)
        return [try context.compare(.lessOrEqual, a, b)]
    }
}
