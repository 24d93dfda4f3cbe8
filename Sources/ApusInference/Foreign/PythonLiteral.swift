/// A Python literal as tools write it into metadata: `{0: 'person', 1: 'car'}`, `[640, 640]`, `True`.
indirect enum PythonLiteral: Equatable {
    case none
    case bool(Bool)
    case integer(Int)
    case float(Double)
    case string(String)
    case list([PythonLiteral])
    /// In the order of the text.
    case dictionary([(key: PythonLiteral, value: PythonLiteral)])

    /// - Returns: `nil` for anything else than one literal, for nesting deeper than 16 and for text beyond 4 MB.
    init?(_ text: String) {
        guard text.utf8.count <= 4 << 20 else { return nil }
        var parser = PythonLiteralParser(text)
        guard let value = parser.whole() else { return nil }
        self = value
    }

    static func == (a: PythonLiteral, b: PythonLiteral) -> Bool {
        switch (a, b) {
        case (.none, .none): true
        case (.bool(let a), .bool(let b)): a == b
        case (.integer(let a), .integer(let b)): a == b
        case (.float(let a), .float(let b)): a == b
        case (.string(let a), .string(let b)): a == b
        case (.list(let a), .list(let b)): a == b
        case (.dictionary(let a), .dictionary(let b)): a.count == b.count && zip(a, b).allSatisfy { $0 == $1 }
        default: false
        }
    }

    var integer: Int? { if case .integer(let value) = self { value } else { nil } }
    var string: String? { if case .string(let value) = self { value } else { nil } }
    var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    var elements: [PythonLiteral]? { if case .list(let elements) = self { elements } else { nil } }

    /// Whole numbers, of a list or of one.
    var integers: [Int]? {
        guard let elements else { return integer.map { [$0] } }
        let values = elements.compactMap(\.integer)
        return values.count == elements.count ? values : nil
    }
}

private struct PythonLiteralParser {
    private let scalars: [Unicode.Scalar]
    private var place = 0

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    mutating func whole() -> PythonLiteral? {
        guard let value = value(depth: 0) else { return nil }
        skipSpace()
        return place == scalars.count ? value : nil
    }

    private var next: Unicode.Scalar? { place < scalars.count ? scalars[place] : nil }

    private mutating func skipSpace() {
        while let next, next.properties.isWhitespace { place += 1 }
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        skipSpace()
        guard next == scalar else { return false }
        place += 1
        return true
    }

    private mutating func value(depth: Int) -> PythonLiteral? {
        guard depth < 16 else { return nil }
        if take("{") { return dictionary(depth: depth) }
        if take("[") { return elements(until: "]", depth: depth) }
        if take("(") { return elements(until: ")", depth: depth) }
        if next == "'" || next == "\"" { return string().map(PythonLiteral.string) }
        return word()
    }

    private mutating func dictionary(depth: Int) -> PythonLiteral? {
        var entries = [(key: PythonLiteral, value: PythonLiteral)]()
        while !take("}") {
            guard let key = value(depth: depth + 1), take(":"), let value = value(depth: depth + 1) else { return nil }
            entries.append((key, value))
            guard take(",") || next == "}" else { return nil }
        }
        return .dictionary(entries)
    }

    private mutating func elements(until end: Unicode.Scalar, depth: Int) -> PythonLiteral? {
        var elements = [PythonLiteral]()
        while !take(end) {
            guard let value = value(depth: depth + 1) else { return nil }
            elements.append(value)
            guard take(",") || next == end else { return nil }
        }
        return .list(elements)
    }

    private mutating func string() -> String? {
        guard let quote = next else { return nil }
        place += 1
        var text = String.UnicodeScalarView()
        while let scalar = next, scalar != quote {
            place += 1
            guard scalar == "\\" else {
                text.append(scalar)
                continue
            }
            guard let escaped = escape() else { return nil }
            text.append(escaped)
        }
        return take(quote) ? String(text) : nil
    }

    private mutating func escape() -> Unicode.Scalar? {
        guard let scalar = next else { return nil }
        place += 1
        switch scalar {
        case "n": return "\n"
        case "t": return "\t"
        case "r": return "\r"
        case "\\", "'", "\"": return scalar
        case "x": return hexadecimal(digits: 2)
        case "u": return hexadecimal(digits: 4)
        case "U": return hexadecimal(digits: 8)
        default: return nil
        }
    }

    private mutating func hexadecimal(digits: Int) -> Unicode.Scalar? {
        guard place + digits <= scalars.count else { return nil }
        let text = String(String.UnicodeScalarView(scalars[place..<(place + digits)]))
        place += digits
        return UInt32(text, radix: 16).flatMap(Unicode.Scalar.init)
    }

    private mutating func word() -> PythonLiteral? {
        let start = place
        while let next,
            next.properties.isAlphabetic || next.properties.numericType != nil || "+-._".unicodeScalars.contains(next)
        {
            place += 1
        }
        let text = String(String.UnicodeScalarView(scalars[start..<place]))
        switch text {
        case "None": return PythonLiteral.none
        case "True": return .bool(true)
        case "False": return .bool(false)
        default: return Int(text).map(PythonLiteral.integer) ?? Double(text).map(PythonLiteral.float)
        }
    }
}
