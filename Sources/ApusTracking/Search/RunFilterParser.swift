/// Reads `clause and clause and …`.
struct RunFilterParser {
    let text: String
    let tokens: [SearchToken]
    private var place = 0

    init(text: String, tokens: [SearchToken]) {
        self.text = text
        self.tokens = tokens
    }

    /// The last token is the end and stays.
    private var current: SearchToken { tokens[min(place, tokens.count - 1)] }

    mutating func clauses() throws(TrackingError) -> [RunClause] {
        var clauses = [try clause()]
        while current.kind != .end {
            guard current.isWord("AND") else {
                let remedy = current.isWord("OR") ? "search twice: there is no OR" : "join conditions by and"
                throw refused("expected and, found \(current.shown)", remedy)
            }
            place += 1
            clauses.append(try clause())
        }
        return clauses
    }

    private mutating func clause() throws(TrackingError) -> RunClause {
        let field = try RunField(take(), in: text)
        let sign = take()
        if sign.isWord("IS") { return RunClause(field: field, test: try missing(field, sign)) }
        let isNegated = sign.isWord("NOT")
        let word = isNegated ? take() : sign
        if word.isWord("IN") { return RunClause(field: field, test: .list(try list(field, word), isIn: !isNegated)) }
        guard !isNegated else { throw refused("expected IN, found \(word.shown)", "write NOT IN ('a', 'b')", at: word) }
        return RunClause(field: field, test: field.isNumber ? try number(word) : try comparison(word))
    }

    private mutating func missing(_ field: RunField, _ sign: SearchToken) throws(TrackingError) -> RunTest {
        let isNegated = current.isWord("NOT")
        if isNegated { place += 1 }
        guard take().isWord("NULL") else {
            throw refused("expected NULL behind IS", "write IS NULL or IS NOT NULL", at: sign)
        }
        switch field {
        case .parameter, .tag: return .isMissing(!isNegated)
        default: throw refused("only parameters and tags can be NULL", "compare with a value", at: sign)
        }
    }

    private mutating func list(_ field: RunField, _ sign: SearchToken) throws(TrackingError) -> [String] {
        switch field {
        case .attribute(.id), .dataset: break
        default: throw refused("only run_id and datasets take a list", "compare with one value by = or LIKE", at: sign)
        }
        let open = take()
        guard open.kind == .open else {
            throw refused("expected '(', found \(open.shown)", "write ('a', 'b')", at: open)
        }
        var texts = [String]()
        repeat {
            let token = take()
            guard let value = token.value else {
                throw refused("expected a quoted text, found \(token.shown)", "write ('a', 'b')", at: token)
            }
            texts.append(value)
            let sign = take()
            guard sign.kind == .comma || sign.kind == .close else {
                throw refused("expected ',' or ')', found \(sign.shown)", "write ('a', 'b')", at: sign)
            }
            if sign.kind == .close { return texts }
        } while true
    }

    private mutating func number(_ sign: SearchToken) throws(TrackingError) -> RunTest {
        guard sign.kind == .comparator, let comparison = RunTest.Comparison(rawValue: sign.text) else {
            throw refused("expected a comparison, found \(sign.shown)", "write one of = != < <= > >=", at: sign)
        }
        let token = take()
        guard token.kind == .number, let value = Double(token.text) else {
            throw refused("expected a number, found \(token.shown)", "write one such as 0.5, without quotes", at: token)
        }
        return .number(comparison, value)
    }

    private mutating func comparison(_ sign: SearchToken) throws(TrackingError) -> RunTest {
        let isPattern = sign.isWord("LIKE") || sign.isWord("ILIKE")
        guard isPattern || (sign.kind == .comparator && ["=", "!="].contains(sign.text)) else {
            throw refused("expected a comparison of texts, found \(sign.shown)", "write = != LIKE or ILIKE", at: sign)
        }
        let token = take()
        guard let value = token.value else {
            throw refused("expected a quoted text, found \(token.shown)", "write one such as '0.01'", at: token)
        }
        if isPattern { return .pattern(TextPattern(value, ignoringCase: sign.isWord("ILIKE"))) }
        return .text(isEqual: sign.text == "=", value)
    }

    private mutating func take() -> SearchToken {
        defer { place += 1 }
        return current
    }

    private func refused(_ problem: String, _ remedy: String, at token: SearchToken? = nil) -> TrackingError {
        .search(text, position: (token ?? current).position, problem: problem, remedy: remedy)
    }
}

extension RunField {
    /// Whether its values are numbers.
    var isNumber: Bool {
        switch self {
        case .metric: true
        case .attribute(let attribute): attribute.isNumber
        default: false
        }
    }
}
