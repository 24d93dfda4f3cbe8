import ApusCore
import ApusONNX

/// The opposite truth value. <https://onnx.ai/onnx/operators/onnx__Not.html>
struct Negated: Operator {
    static let type = OperatorType("Not")

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(1...1) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try inputs.required(0, .bool)
        return [try context.make(x.shape, .bool, integers: try x.integers(context).map { 1 - $0 })]
    }
}
