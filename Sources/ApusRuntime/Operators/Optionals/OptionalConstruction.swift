import ApusCore
import ApusONNX

/// An optional with its input inside, or an empty one. <https://onnx.ai/onnx/operators/onnx__Optional.html>
struct OptionalConstruction: GeneralOperator {
    static let type = OperatorType("Optional", since: 15)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(0...1) }

    func run(_ inputs: [AnyValue?], _ context: ExecutionContext) throws(OperatorError) -> [AnyValue] {
        let value = inputs.optional(0)
        // As ONNX has it; a loop could else nest them without end.
        if case .optional = value { throw .mismatch(expected: "a tensor or a sequence", found: "an optional") }
        return [.optional(value)]
    }
}
