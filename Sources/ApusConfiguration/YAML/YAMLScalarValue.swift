/// A value that one YAML scalar spells.
protocol YAMLScalarValue {
    /// What error messages call the type, with its article.
    static var expectation: String { get }

    /// - Returns: `nil` where the scalar does not spell such a value.
    init?(yaml text: String, isPlain: Bool, allowsNonFinite: Bool)

    /// The plain scalar, or the text to be quoted where needed.
    var yamlNode: YAMLNode { get }
}

extension Bool: YAMLScalarValue {
    static var expectation: String { "true or false" }

    init?(yaml text: String, isPlain: Bool, allowsNonFinite: Bool) {
        guard isPlain else { return nil }
        switch text {
        case "true", "True", "TRUE": self = true
        case "false", "False", "FALSE": self = false
        default: return nil
        }
    }

    var yamlNode: YAMLNode { .plain(description) }
}

extension String: YAMLScalarValue {
    static var expectation: String { "text" }

    /// A plain `no`, `1.10` or `0x1f` is taken as it is written.
    init?(yaml text: String, isPlain: Bool, allowsNonFinite: Bool) { self = text }

    var yamlNode: YAMLNode { YAMLNode(.scalar(self, isPlain: false)) }
}

extension FixedWidthInteger where Self: YAMLScalarValue {
    static var expectation: String {
        bitWidth == 64 && isSigned ? "a whole number" : "a whole number from \(min) to \(max)"
    }

    /// Decimal, `0x` or `0o`; `1e6` and `3.0` are whole as well. A leading zero (octal in YAML 1.1) is refused.
    init?(yaml text: String, isPlain: Bool, allowsNonFinite: Bool) {
        guard isPlain, let number = YAMLNumber(text) else { return nil }
        if let radix = number.radix {
            self.init(number.digits, radix: radix)
        } else if let value = Self(number.digits) {
            self = value
        } else {
            guard let value = Double(number.digits), abs(value) < 0x1p53 else { return nil }
            self.init(exactly: value)
        }
    }

    var yamlNode: YAMLNode { .plain(String(self)) }
}

extension Int: YAMLScalarValue {}
extension Int8: YAMLScalarValue {}
extension Int16: YAMLScalarValue {}
extension Int32: YAMLScalarValue {}
extension Int64: YAMLScalarValue {}
extension UInt: YAMLScalarValue {}
extension UInt8: YAMLScalarValue {}
extension UInt16: YAMLScalarValue {}
extension UInt32: YAMLScalarValue {}
extension UInt64: YAMLScalarValue {}

extension BinaryFloatingPoint where Self: YAMLScalarValue & LosslessStringConvertible {
    static var expectation: String { "a number" }

    init?(yaml text: String, isPlain: Bool, allowsNonFinite: Bool) {
        guard isPlain else { return nil }
        if allowsNonFinite, let value = nonFiniteSpellings[text.lowercased()] {
            self.init(value)
            return
        }
        guard let number = YAMLNumber(text) else { return nil }
        if let radix = number.radix {
            guard let whole = Int64(number.digits, radix: radix) else { return nil }
            self.init(whole)
        } else {
            guard let value = Self(number.digits), value.isFinite else { return nil }
            self = value
        }
    }

    /// `1.0e-05`, because YAML 1.1 takes `1e-05` for text.
    var yamlNode: YAMLNode {
        guard isFinite else { return .plain(isNaN ? ".nan" : self < 0 ? "-.inf" : ".inf") }
        let text = "\(self)"
        guard let exponent = text.firstIndex(of: "e"), !text.contains(".") else { return .plain(text) }
        return .plain(text[..<exponent] + ".0" + text[exponent...])
    }
}

extension Float: YAMLScalarValue {}
extension Double: YAMLScalarValue {}

private let nonFiniteSpellings: [String: Double] = [
    ".nan": .nan, "nan": .nan, ".inf": .infinity, "+.inf": .infinity, "inf": .infinity, "-.inf": -.infinity,
    "-inf": -.infinity,
]

/// A number's text in one of the forms that every YAML version and every reader of configurations agrees on.
struct YAMLNumber {
    /// The digits with their sign, without prefix and underscores.
    var digits: String
    /// 16 or 8 where a prefix said so.
    var radix: Int?

    init?(_ text: String) {
        var rest = Substring(text)
        let sign = rest.first == "-" || rest.first == "+" ? String(rest.removeFirst()) : ""
        if let (radix, set) = ["0x": (16, "0123456789abcdefABCDEF"), "0o": (8, "01234567")][rest.prefix(2)] {
            let body = rest.dropFirst(2)
            guard !body.isEmpty, body.allSatisfy({ set.contains($0) }) else { return nil }
            digits = sign + body
            self.radix = radix
        } else {
            guard YAMLNumber.isDecimal(rest) else { return nil }
            digits = (sign == "-" ? "-" : "") + YAMLNumber.completed(rest.filter { $0 != "_" })
        }
    }

    /// `0.5` for `.5`, `5` for `5.`: what Swift's own number types read.
    private static func completed(_ text: String) -> String {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return text }
        let whole = parts[0].isEmpty ? "0" : parts[0]
        let hasFraction = parts[1].first.map(isDigit) == true
        return hasFraction ? "\(whole).\(parts[1])" : "\(whole)\(parts[1])"
    }

    /// `12`, `1_000`, `.5`, `5.`, `1e-3`, `1.5E+10`; not `012`, `1__0`, `_1`.
    private static func isDecimal(_ text: Substring) -> Bool {
        var rest = text[...]
        let whole = takeDigits(&rest)
        var fraction = 0
        if rest.first == "." {
            rest.removeFirst()
            fraction = takeDigits(&rest)
        }
        guard whole + fraction > 0, !(whole > 1 && text.first == "0") else { return false }
        guard rest.first == "e" || rest.first == "E" else { return rest.isEmpty }
        rest.removeFirst()
        if rest.first == "-" || rest.first == "+" { rest.removeFirst() }
        return takeDigits(&rest) > 0 && rest.isEmpty
    }

    /// Single underscores may stand between digits.
    private static func takeDigits(_ rest: inout Substring) -> Int {
        var count = 0
        while let character = rest.first {
            if character == "_", count > 0, rest.dropFirst().first.map(isDigit) == true {
                rest.removeFirst()
                continue
            }
            guard isDigit(character) else { break }
            rest.removeFirst()
            count += 1
        }
        return count
    }

    private static func isDigit(_ character: Character) -> Bool { character.isASCII && character.isWholeNumber }
}
