import ApusCore
import ApusONNX

/// Whether there is a value: inside the optional, or at all.
/// <https://onnx.ai/onnx/operators/onnx__OptionalHasElement.html>
struct OptionalPresence: GeneralOperator {
    static let type = OperatorType("OptionalHasElement", since: 15)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(0...1) }

    func run(_ inputs: [AnyValue?], _ context: ExecutionContext) throws(OperatorError) -> [AnyValue] {
        let isThere =
            switch inputs.optional(0) {
            case nil, .optional(nil): false
            default: true
            }
        return [.tensor(try context.make([], .bool, integers: [isThere ? 1 : 0]))]
    }
}
