import ApusCore
import ApusONNX

/// Texts without stop words, in one case. <https://onnx.ai/onnx/operators/onnx__StringNormalizer.html>
///
/// Letters change case as Unicode says, whatever the locale.
struct TextNormalization: GeneralOperator {
    static let type = OperatorType("StringNormalizer", since: 10)
    private let change: CaseChange
    private let isCaseSensitive: Bool
    private let stopWords: Set<String>

    private enum CaseChange: String { case none = "NONE", lower = "LOWER", upper = "UPPER" }

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        let name = try node.string("case_change_action", default: "NONE")
        guard let change = CaseChange(rawValue: name) else {
            throw .attributeValue(
                "case_change_action", expected: "NONE, LOWER or UPPER", found: name, node: node.label)
        }
        self.change = change
        let isCaseSensitive = try node.flag("is_case_sensitive", default: false)
        let words = try node.optionalStrings("stopwords") ?? []
        stopWords = Set(isCaseSensitive ? words : words.map { $0.lowercased() })
        self.isCaseSensitive = isCaseSensitive
    }

    func run(_ inputs: [AnyValue?], _ context: ExecutionContext) throws(OperatorError) -> [AnyValue] {
        let x = try inputs.texts(0)
        try expect(x.shape.rank == 1 || x.shape.rank == 2 && x.shape[0] == 1, "[C] or [1, C]", found: "\(x.shape)")
        let kept = x.elements.filter { !stopWords.contains(isCaseSensitive ? $0 : $0.lowercased()) }
        let texts = kept.isEmpty ? [""] : kept.map(changed)
        return [.strings(try context.make(x.shape.rank == 1 ? [texts.count] : [1, texts.count], texts: texts))]
    }

    private func changed(_ text: String) -> String {
        switch change {
        case .none: text
        case .lower: text.lowercased()
        case .upper: text.uppercased()
        }
    }
}
