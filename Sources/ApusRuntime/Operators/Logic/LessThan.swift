import ApusCore
import ApusONNX

/// Whether `a < b`, element by element; shapes broadcast. <https://onnx.ai/onnx/operators/onnx__Less.html>
struct LessThan: Operator {
    static let type = OperatorType("Less", since: 7)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(2...2) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let a = try inputs.required(0), b = try inputs.required(1)
        return [try context.compare(.less, a, b)]
    }
}
