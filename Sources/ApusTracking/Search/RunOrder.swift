/// An order of runs in MLflow's words: `metrics.mAP50 DESC`, `start_time`. NaN comes behind every number, a run without
/// the field behind all.
public struct RunOrder: Equatable, Sendable {
    let field: RunField
    let isAscending: Bool

    public init(_ text: String) throws(TrackingError) {
        let tokens = try SearchLexer.tokens(of: text)
        field = try RunField(tokens[0], in: text)
        if case .dataset = field {
            throw .search(text, position: 1, problem: "runs have no order by dataset", remedy: "order by another field")
        }
        let word = tokens.count > 1 ? tokens[1] : tokens[0]
        isAscending = word.kind == .end || word.isWord("ASC")
        guard isAscending || word.isWord("DESC"), word.kind == .end || tokens[2].kind == .end else {
            let wrong = isAscending || word.isWord("DESC") ? tokens[2] : word
            throw .search(
                text, position: wrong.position, problem: "expected ASC or DESC, found \(wrong.shown)",
                remedy: "write an order such as metrics.loss ASC")
        }
    }

    /// Whether `a` comes before `b`; `nil` where neither does.
    func precedes(_ a: FieldValue, _ b: FieldValue) -> Bool? {
        let ranks = (RunOrder.rank(a), RunOrder.rank(b))
        guard ranks.0 == ranks.1 else { return ranks.0 < ranks.1 }
        switch (a, b) {
        case (.number(let x), .number(let y)) where x < y: return isAscending
        case (.number(let x), .number(let y)) where x > y: return !isAscending
        case (.text(let x), .text(let y)) where x.utf8.lexicographicallyPrecedes(y.utf8): return isAscending
        case (.text(let x), .text(let y)) where y.utf8.lexicographicallyPrecedes(x.utf8): return !isAscending
        default: return nil
        }
    }

    private static func rank(_ value: FieldValue) -> Int {
        switch value {
        case .none: 2
        case .number(let number): number.isNaN ? 1 : 0
        case .text: 0
        }
    }
}
