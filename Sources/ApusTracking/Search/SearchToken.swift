/// A word, value or sign of a search's text.
struct SearchToken: Equatable {
    enum Kind: Equatable {
        /// A name or keyword, with its quotes: `` metrics.`val/mAP50` ``, `"text"`, `LIKE`.
        case name
        /// What stands between single quotes.
        case text
        case number, comparator, comma, open, close
        /// What begins nothing.
        case other
        case end
    }

    var kind: Kind
    var text: String
    /// Counted from 1 in characters of Unicode.
    var position: Int

    /// Whether this is a keyword, in whatever case.
    func isWord(_ word: String) -> Bool { kind == .name && text.uppercased() == word }

    /// The text of a quoted value.
    var value: String? {
        if kind == .text { return text }
        guard kind == .name, text.unicodeScalars.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") else {
            return nil
        }
        return String(text.dropFirst().dropLast())
    }

    var shown: String { kind == .end ? "the end" : "'\(text.prefix(40))'" }
}

/// Cuts a search's text into tokens.
struct SearchLexer {
    private let text: String
    private let scalars: [Unicode.Scalar]
    private var place = 0

    init(_ text: String) {
        self.text = text
        scalars = Array(text.unicodeScalars)
    }

    static func tokens(of text: String) throws(TrackingError) -> [SearchToken] {
        var lexer = SearchLexer(text), tokens = [SearchToken]()
        repeat { tokens.append(try lexer.next()) } while tokens.last?.kind != .end
        return tokens
    }

    private var current: Unicode.Scalar? { place < scalars.count ? scalars[place] : nil }

    private mutating func next() throws(TrackingError) -> SearchToken {
        while let scalar = current, scalar.properties.isWhitespace { place += 1 }
        let start = place
        guard let first = current else { return SearchToken(kind: .end, text: "", position: start + 1) }
        let kind = try take(first)
        let isQuoted = kind == .text
        let taken = scalars[(isQuoted ? start + 1 : start)..<(isQuoted ? place - 1 : place)]
        var view = String.UnicodeScalarView()
        view.append(contentsOf: taken)
        return SearchToken(kind: kind, text: String(view), position: start + 1)
    }

    private mutating func take(_ first: Unicode.Scalar) throws(TrackingError) -> SearchToken.Kind {
        switch first {
        case "'":
            try takeQuoted(first)
            return .text
        case "(", ")", ",":
            place += 1
            return first == "(" ? .open : first == ")" ? .close : .comma
        case "<", ">", "=", "!":
            while let scalar = current, "<>=!".unicodeScalars.contains(scalar) { place += 1 }
            return .comparator
        case _ where beginsNumber(first):
            while let scalar = current, "0123456789.eE+-".unicodeScalars.contains(scalar) { place += 1 }
            return .number
        case "`", "\"",
            _ where SearchLexer.isNameScalar(first):
            try takeName()
            return .name
        default:
            place += 1
            return .other
        }
    }

    private func beginsNumber(_ first: Unicode.Scalar) -> Bool {
        let isDigit = { (scalar: Unicode.Scalar) in ("0"..."9").contains(scalar) }
        let following = scalars[(place + 1)...].prefix(2)
        if isDigit(first) { return true }
        guard first == "-" || first == ".", let second = following.first else { return false }
        return isDigit(second) || (first == "-" && second == "." && following.last.map(isDigit) == true)
    }

    /// Plain characters and quoted parts that touch: `` tags.`a b` ``.
    private mutating func takeName() throws(TrackingError) {
        while let scalar = current {
            if scalar == "`" || scalar == "\"" {
                try takeQuoted(scalar)
            } else if SearchLexer.isNameScalar(scalar) {
                place += 1
            } else {
                return
            }
        }
    }

    private mutating func takeQuoted(_ quote: Unicode.Scalar) throws(TrackingError) {
        let start = place
        place += 1
        while let scalar = current {
            place += 1
            if scalar == quote { return }
        }
        throw .search(text, position: start + 1, problem: "the quote \(quote) has no end", remedy: "close it")
    }

    /// MLflow takes letters, digits, `_` and `.`; `/`, `-` and `:` are safe without quotes too.
    private static func isNameScalar(_ scalar: Unicode.Scalar) -> Bool {
        KeyRules.isKeyScalar(scalar) && scalar != " "
    }
}
