/// Reads JSON (RFC 8259) into the nodes that `NodeDecoder` takes, without Foundation.
struct JSONReader {
    private var rest: Substring.UnicodeScalarView
    private let name: String
    /// Deeper nesting is refused.
    private static let depthLimit = 64

    static func read(_ text: String, name: String) throws(ConfigurationError) -> YAMLNode {
        var reader = JSONReader(rest: text[...].unicodeScalars, name: name)
        let node = try reader.value(depth: 0)
        guard reader.peek() == nil else { throw reader.malformed("the end") }
        return node
    }

    private mutating func value(depth: Int) throws(ConfigurationError) -> YAMLNode {
        guard depth < Self.depthLimit else { throw malformed("at most \(Self.depthLimit) levels") }
        switch peek() {
        case "{": return try object(depth: depth)
        case "[": return try array(depth: depth)
        case "\"": return YAMLNode(.scalar(try string(), isPlain: false))
        default: return try literal()
        }
    }

    private mutating func object(depth: Int) throws(ConfigurationError) -> YAMLNode {
        var entries: [YAMLEntry] = [], keys: Set<String> = []
        try list(until: "}") { reader throws(ConfigurationError) in
            guard reader.peek() == "\"" else { throw reader.malformed("a name in quotes") }
            let key = try reader.string()
            try reader.expect(":")
            guard keys.insert(key).inserted else { throw reader.malformed("no second '\(key)'") }
            entries.append(YAMLEntry(key, try reader.value(depth: depth + 1)))
        }
        return YAMLNode(.mapping(entries))
    }

    private mutating func array(depth: Int) throws(ConfigurationError) -> YAMLNode {
        var elements: [YAMLNode] = []
        try list(until: "]") { reader throws(ConfigurationError) in
            elements.append(try reader.value(depth: depth + 1))
        }
        return YAMLNode(.sequence(elements))
    }

    /// What stands between brackets, with commas between.
    private mutating func list(
        until end: Unicode.Scalar, element: (inout JSONReader) throws(ConfigurationError) -> Void
    ) throws(ConfigurationError) {
        rest.removeFirst()
        if peek() != end {
            try element(&self)
            while peek() == "," {
                rest.removeFirst()
                try element(&self)
            }
        }
        try expect(end)
    }

    private mutating func literal() throws(ConfigurationError) -> YAMLNode {
        let word = String(String.UnicodeScalarView(rest.prefix { !" \t\r\n,:]}".unicodeScalars.contains($0) }))
        let isNumber = word.first.map { $0 == "-" || $0.isNumber } ?? false
        guard ["true", "false", "null"].contains(word) || isNumber && Double(word) != nil else {
            throw malformed("a value")
        }
        rest.removeFirst(word.unicodeScalars.count)
        return .plain(word)
    }

    private mutating func string() throws(ConfigurationError) -> String {
        rest.removeFirst()
        var text = String.UnicodeScalarView()
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\"": return String(text)
            case "\\": text.append(try escaped())
            case "\0"..<" ": throw malformed("no control character in a text")
            default: text.append(scalar)
            }
        }
        throw malformed("the end of a text")
    }

    private static let escapes: [Unicode.Scalar: Unicode.Scalar] = [
        "\"": "\"", "\\": "\\", "/": "/", "b": "\u{8}", "f": "\u{C}", "n": "\n", "r": "\r", "t": "\t",
    ]

    private mutating func escaped() throws(ConfigurationError) -> Unicode.Scalar {
        guard let kind = rest.popFirst() else { throw malformed("an escape") }
        if let scalar = Self.escapes[kind] { return scalar }
        guard kind == "u", let first = hexadecimal() else { throw malformed("an escape") }
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard (0xD800..<0xDC00).contains(first), rest.popFirst() == "\\", rest.popFirst() == "u",
            let second = hexadecimal(), (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw malformed("a pair of surrogates") }
        return scalar
    }

    private mutating func hexadecimal() -> UInt32? {
        let digits = String(String.UnicodeScalarView(rest.prefix(4)))
        guard digits.count == 4, digits.allSatisfy(\.isHexDigit) else { return nil }
        rest.removeFirst(4)
        return UInt32(digits, radix: 16)
    }

    /// The next character that is no space.
    private mutating func peek() -> Unicode.Scalar? {
        rest = rest.drop { $0 == " " || $0 == "\n" || $0 == "\t" || $0 == "\r" }
        return rest.first
    }

    private mutating func expect(_ scalar: Unicode.Scalar) throws(ConfigurationError) {
        guard peek() == scalar else { throw malformed("'\(scalar)'") }
        rest.removeFirst()
    }

    private func malformed(_ expected: String) -> ConfigurationError {
        let found = rest.isEmpty ? "the end" : "'\(String(String.UnicodeScalarView(rest.prefix(12))))'"
        return ConfigurationError(
            .syntax, at: .file(name, line: 0, column: 0), problem: "not JSON: expected \(expected), found \(found)")
    }
}
