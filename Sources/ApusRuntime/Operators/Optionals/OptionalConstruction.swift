import ApusCore
import ApusONNX

/// An optional with its input inside, or an empty one. <https://onnx.ai/onnx/operators/onnx__Optional.html>
struct OptionalConstruction: GeneralOperator {
    static let type = OperatorType("Optional", since: 15)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(0...1) }

    func run(_ inputs: [AnyValue?], _ context: ExecutionContext) throws(OperatorError) -> [AnyValue] {
        [.optional(inputs.optional(0))]
    }
}
