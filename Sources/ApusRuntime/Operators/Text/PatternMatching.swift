import ApusCore
import ApusONNX

/// Whether each text as a whole is what the pattern describes.
/// <https://onnx.ai/onnx/operators/onnx__RegexFullMatch.html>
struct PatternMatching: GeneralOperator {
    static let type = OperatorType("RegexFullMatch", since: 20)
    private let pattern: Pattern

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        let text = try node.string("pattern")
        do throws(PatternError) { pattern = try Pattern(text) } catch {
            throw .attributeValue(
                "pattern", expected: "a regular expression of RE2, \(error.reason)", found: "'\(text.prefix(80))'",
                node: node.label)
        }
    }

    func run(_ inputs: [AnyValue?], _ context: ExecutionContext) throws(OperatorError) -> [AnyValue] {
        let x = try inputs.texts(0)
        return [.tensor(try context.make(x.shape, .bool, integers: x.elements.map { pattern.matches($0) ? 1 : 0 }))]
    }
}
