/// Writes nodes as JSON, keys sorted.
enum JSONWriter {
    static func write(_ node: YAMLNode, to text: inout String) {
        switch node.content {
        case .mapping(let entries):
            writeList(entries.sorted { $0.key < $1.key }, "{", "}", to: &text) { entry, text in
                write(entry.key, to: &text)
                text += ":"
                write(entry.value, to: &text)
            }
        case .sequence(let elements): writeList(elements, "[", "]", to: &text) { write($0, to: &$1) }
        case .scalar(let word, isPlain: true): text += isLiteral(word) ? word : "null"
        case .scalar(let string, isPlain: false): write(string, to: &text)
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

    private static func write(_ string: String, to text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\0"..<" ": text += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
