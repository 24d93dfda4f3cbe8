/// Writes nodes as JSON, keys sorted.
enum JSONWriter {
    static func write(_ node: YAMLNode, to text: inout String) {
        switch node.content {
        case .mapping(let entries):
            writeList(entries.sorted { $0.key < $1.key }, "{", "}", to: &text) { entry, text in
                text += entry.key.quotedAsJSON
                text += ":"
                write(entry.value, to: &text)
            }
        case .sequence(let elements): writeList(elements, "[", "]", to: &text) { write($0, to: &$1) }
        case .scalar(let word, isPlain: true): text += isLiteral(word) ? word : "null"
        case .scalar(let string, isPlain: false): text += string.quotedAsJSON
        }
    }

    private static func writeList<Element>(
        _ elements: [Element], _ start: String, _ end: String, to text: inout String,
        element: (Element, inout String) -> Void
    ) {
        text += start
        for (index, item) in elements.enumerated() {
            if index > 0 { text += "," }
            element(item, &text)
        }
        text += end
    }

    private static func isLiteral(_ word: String) -> Bool {
        ["true", "false", "null"].contains(word) || Double(word)?.isFinite == true
    }
}

extension String {
    /// This text between quotes, as JSON spells it.
    public var quotedAsJSON: String {
        var result = "\""
        for scalar in unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\0"..<" ": result += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
