/// Reads the common case of small metadata files, `key: value` lines without nesting, some ten times
/// faster than the whole parser: a store holds thousands of them.
enum FlatYAML {
    /// - Returns: `nil` for anything that is not plainly in this form; the whole parser decides then.
    static func read(_ text: String, name: String) -> YAMLNode? {
        var entries = [YAMLEntry]()
        var seen = Set<Substring>()
        var line = 0
        for row in text.split(separator: "\n", omittingEmptySubsequences: false) {
            line += 1
            if row.isEmpty { continue }
            guard let (key, value, isPlain) = parts(of: row), seen.insert(key).inserted else { return nil }
            let column = key.unicodeScalars.count + 3
            let node = YAMLNode(.scalar(value, isPlain: isPlain), at: .file(name, line: line, column: column))
            entries.append(YAMLEntry(String(key), node, at: .file(name, line: line, column: 1)))
        }
        return entries.first.map { YAMLNode(.mapping(entries), at: $0.position) }
    }

    private static func parts(of row: Substring) -> (key: Substring, value: String, isPlain: Bool)? {
        guard let colon = row.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let key = row[..<colon], rest = row.utf8.index(after: colon)
        guard !key.isEmpty, key.utf8.allSatisfy(isKeyByte) else { return nil }
        guard rest < row.endIndex, row.utf8[rest] == UInt8(ascii: " ") else { return nil }
        let value = row[row.utf8.index(after: rest)...]
        guard let first = value.utf8.first, value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else { return nil }
        if first == UInt8(ascii: "'") || first == UInt8(ascii: "\"") {
            return unquoted(value, quote: first).map { (key, $0, false) }
        }
        let isPlain = value.utf8.allSatisfy(isPlainByte) && value.utf8.last != UInt8(ascii: ":")
        return isPlain ? (key, String(value), true) : nil
    }

    private static func unquoted(_ value: Substring, quote: UInt8) -> String? {
        guard value.utf8.count >= 2, value.utf8.last == quote else { return nil }
        let inner = value.dropFirst().dropLast()
        let isSimple = inner.utf8.allSatisfy { $0 != quote && $0 != UInt8(ascii: "\\") && $0 < 0x80 }
        return isSimple ? String(inner) : nil
    }

    private static func isKeyByte(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }

    private static let plainMarks = Array("/.+-:".utf8)

    /// Bytes that mean themselves in a plain scalar without spaces, a final colon apart.
    private static func isPlainByte(_ byte: UInt8) -> Bool {
        isKeyByte(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            || plainMarks.contains(byte)
    }
}

extension YAMLReader {
    /// Reads a small metadata file; the result is that of `read(_:name:)`.
    public static func readMetadata(_ text: String, name: String) throws(ConfigurationError) -> YAMLNode {
        if let node = FlatYAML.read(text, name: name) { return node }
        return try read(text, name: name)
    }
}
