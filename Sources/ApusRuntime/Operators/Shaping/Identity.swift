import ApusCore
import ApusONNX

/// Its input, of whatever kind. <https://onnx.ai/onnx/operators/onnx__Identity.html>
struct Identity: GeneralOperator {
    static let type = OperatorType("Identity")

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(1...1) }

    func isReplayable(constants: [Bool]) -> Bool { true }

    func run(_ inputs: [AnyValue?], _ context: ExecutionContext) throws(OperatorError) -> [AnyValue] {
        [try inputs.required(0)]
    }
}
