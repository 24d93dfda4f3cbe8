import ApusCore
import ApusONNX

/// What is inside an optional; any other value is itself.
/// <https://onnx.ai/onnx/operators/onnx__OptionalGetElement.html>
struct OptionalElement: GeneralOperator {
    static let type = OperatorType("OptionalGetElement", since: 15)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(1...1) }

    func run(_ inputs: [AnyValue?], _ context: ExecutionContext) throws(OperatorError) -> [AnyValue] {
        guard case .optional(let element) = try inputs.required(0) else { return [try inputs.required(0)] }
        guard let element else { throw .mismatch(expected: "an optional with a value", found: "an empty one") }
        return [element]
    }
}
