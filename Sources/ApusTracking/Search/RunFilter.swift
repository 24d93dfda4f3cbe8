/// A condition on runs in MLflow's filter language, such as `metrics.mAP50 > 0.5 and params.lr = "0.01"`.
///
/// A run without the field satisfies no comparison, `!=` neither. Unlike MLflow, keys with `/`, `-` and `:` need no
/// backquotes, and conditions are always joined by `and`.
public struct RunFilter: Equatable, Sendable {
    let clauses: [RunClause]

    /// - Parameter text: empty text is satisfied by every run.
    public init(_ text: String) throws(TrackingError) {
        guard !text.isEmpty else {
            clauses = []
            return
        }
        var parser = RunFilterParser(text: text, tokens: try SearchLexer.tokens(of: text))
        clauses = try parser.clauses()
    }

    func accepts(_ values: (RunField) -> [FieldValue]) -> Bool {
        clauses.allSatisfy { clause in clause.accepts(values(clause.field)) }
    }
}

/// One comparison.
struct RunClause: Equatable, Sendable {
    var field: RunField
    var test: RunTest

    /// - Parameter values: the field's; a run has several datasets.
    func accepts(_ values: [FieldValue]) -> Bool {
        if case .isMissing(let expected) = test { return values.allSatisfy { $0 == .none } == expected }
        return values.contains { test.accepts($0) }
    }
}

enum RunTest: Equatable, Sendable {
    enum Comparison: String, Sendable {
        case equal = "=", different = "!=", less = "<", lessOrEqual = "<=", greater = ">", greaterOrEqual = ">="
    }

    case number(Comparison, Double)
    case text(isEqual: Bool, String)
    case pattern(TextPattern)
    case list([String], isIn: Bool)
    case isMissing(Bool)

    func accepts(_ value: FieldValue) -> Bool {
        switch (self, value) {
        case (.number(let comparison, let limit), .number(let number)): comparison.holds(number, limit)
        // MLflow compares characters of Unicode, not what looks the same.
        case (.text(let isEqual, let text), .text(let value)): value.utf8.elementsEqual(text.utf8) == isEqual
        case (.pattern(let pattern), .text(let value)): pattern.matches(value)
        case (.list(let texts, let isIn), .text(let value)):
            texts.contains { $0.utf8.elementsEqual(value.utf8) } == isIn
        default: false
        }
    }
}

extension RunTest.Comparison {
    func holds(_ a: Double, _ b: Double) -> Bool {
        switch self {
        case .equal: a == b
        case .different: a != b
        case .less: a < b
        case .lessOrEqual: a <= b
        case .greater: a > b
        case .greaterOrEqual: a >= b
        }
    }
}
