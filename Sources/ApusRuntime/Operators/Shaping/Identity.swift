import ApusCore
import ApusONNX

/// Its input. <https://onnx.ai/onnx/operators/onnx__Identity.html>
struct Identity: Operator {
    static let type = OperatorType("Identity")

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(1...1) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        [try inputs.required(0)]
    }
}
