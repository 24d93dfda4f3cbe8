import ApusCore
import ApusONNX

/// Whether `a > b`, element by element; shapes broadcast. <https://onnx.ai/onnx/operators/onnx__Greater.html>
struct GreaterThan: Operator {
    static let type = OperatorType("Greater", since: 7)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(2...2) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let a = try inputs.required(0), b = try inputs.required(1)
        return [try context.compare(.greater, a, b)]
    }
}
