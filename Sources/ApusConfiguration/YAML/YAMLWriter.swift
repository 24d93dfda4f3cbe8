/// Writes nodes as YAML that every YAML 1.1 and 1.2 reader understands alike: block style, short lists of
/// scalars in one line, text quoted wherever it could be taken for something else.
public enum YAMLWriter {
    public static func text(of node: YAMLNode) -> String {
        var text = ""
        switch node.content {
        case .mapping(let entries) where !entries.isEmpty: write(entries, indent: 0, to: &text)
        case .sequence(let elements) where !elements.isEmpty && inline(node) == nil:
            write(elements, indent: 0, to: &text)
        default: text = (inline(node) ?? "") + "\n"
        }
        return text
    }

    /// `text` in double quotes with JSON's escapes: always valid YAML.
    public static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where needsEscape(scalar): result += "\\u" + hexadecimal(scalar.value)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    private static let lineWidth = 100

    private static func write(_ entries: [YAMLEntry], indent: Int, to text: inout String) {
        for entry in entries {
            text += spaces(indent) + key(entry.key)
            writeValue(entry.value, indent: indent, to: &text)
        }
    }

    private static func key(_ key: String) -> String { (isSafePlain(key) ? key : quoted(key)) + ":" }

    private static func writeValue(_ value: YAMLNode, indent: Int, to text: inout String) {
        if let line = inline(value) {
            text += " \(line)\n"
        } else if let entries = value.entries {
            text += "\n"
            write(entries, indent: indent + 2, to: &text)
        } else {
            text += "\n"
            write(value.elements ?? [], indent: indent + 2, to: &text)
        }
    }

    private static func write(_ elements: [YAMLNode], indent: Int, to text: inout String) {
        for element in elements {
            text += spaces(indent) + "-"
            if let line = inline(element) {
                text += " \(line)\n"
            } else if let entries = element.entries, let first = entries.first {
                text += " " + key(first.key)
                writeValue(first.value, indent: indent + 2, to: &text)
                write(Array(entries.dropFirst()), indent: indent + 2, to: &text)
            } else {
                text += "\n"
                write(element.elements ?? [], indent: indent + 2, to: &text)
            }
        }
    }

    /// A scalar, an empty collection or a short list of scalars; `nil` for what needs lines of its own.
    private static func inline(_ node: YAMLNode) -> String? {
        switch node.content {
        case .scalar(let text, let isPlain):
            if node.isNull { return "null" }
            return (isPlain && isSafeNumber(text)) || isSafePlain(text) ? text : quoted(text)
        case .mapping(let entries): return entries.isEmpty ? "{}" : nil
        case .sequence(let elements):
            guard elements.allSatisfy({ $0.entries == nil && $0.elements?.count ?? 0 < 9 }) else { return nil }
            let items = elements.compactMap { inline($0) }
            let line = "[\(items.joined(separator: ", "))]"
            return items.count == elements.count && line.count <= lineWidth ? line : nil
        }
    }

    private static func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }

    /// Letters, digits, `_ - . /` after a leading letter, and none of the words that YAML reads otherwise.
    private static func isSafePlain(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, isLetter(first), !text.hasSuffix(" ") else { return false }
        let isSimple = text.unicodeScalars.allSatisfy {
            isLetter($0) || isDigit($0) || "_-./ ".unicodeScalars.contains($0)
        }
        return isSimple && !reservedWords.contains(text.lowercased())
    }

    /// What numbers, truth values and null are made of.
    private static func isSafeNumber(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { isLetter($0) || isDigit($0) || "+-._".unicodeScalars.contains($0) }
            && text != "-"
    }

    private static let reservedWords: Set = ["true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan", "inf"]

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    /// Controls, and what YAML 1.1 takes for line ends or a byte order mark.
    private static func needsEscape(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value)
            || [0x2028, 0x2029, 0xfeff, 0xfffe, 0xffff].contains(scalar.value)
    }

    private static func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
