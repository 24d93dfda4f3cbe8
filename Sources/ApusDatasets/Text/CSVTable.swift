/// Rows of comma-separated fields, as RFC 4180 has them: fields in double quotes may hold commas, doubled quotes and
/// line ends. <https://www.rfc-editor.org/rfc/rfc4180>
struct CSVTable {
    struct Row: Equatable {
        var fields: [String]
        /// Where the row begins, counted from 1.
        var line: Int
    }

    /// Rows that hold more than white space.
    private(set) var rows: [Row] = []

    /// More fields in a row than any label file has.
    static let fieldLimit = 1 << 16

    init(_ text: some Sequence<UInt8>) throws(CSVError) {
        var scanner = CSVScanner(text)
        while let row = try scanner.row() {
            if row.fields.count > 1 || !row.fields[0].isEmpty { rows.append(row) }
        }
    }

    /// - Parameter path: what errors call these bytes.
    init(_ bytes: [UInt8], path: String) throws(DatasetError) {
        do throws(CSVError) { try self.init(bytes) } catch {
            throw .unreadableSource(path: path, line: error.line, reason: error.reason)
        }
    }

    /// A field as it is written: in quotes where it has to be.
    static func quoted(_ field: String) -> String {
        let needsQuotes = field.utf8.contains { [0x22, 0x2C, 0x0A, 0x0D].contains($0) } || field != field.trimmed
        guard needsQuotes else { return field }
        return "\"" + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }

    static func line(_ fields: [String]) -> String { fields.map(quoted).joined(separator: ",") + "\n" }
}

/// A table that cannot be read on.
struct CSVError: Error, Equatable {
    var line: Int
    var reason: String
}

private struct CSVScanner {
    private let bytes: [UInt8]
    private var position = 0
    private var line = 1

    init(_ text: some Sequence<UInt8>) {
        bytes = Array(text)
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { position = 3 }
    }

    mutating func row() throws(CSVError) -> CSVTable.Row? {
        guard position < bytes.count else { return nil }
        var row = CSVTable.Row(fields: [], line: line)
        while true {
            row.fields.append(try field())
            guard row.fields.count <= CSVTable.fieldLimit else {
                throw CSVError(line: line, reason: "more than \(CSVTable.fieldLimit) fields in a row")
            }
            guard position < bytes.count else { return row }
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: ",") { continue }
            if byte == UInt8(ascii: "\r"), position < bytes.count, bytes[position] == UInt8(ascii: "\n") {
                position += 1
            }
            line += 1
            return row
        }
    }

    private mutating func field() throws(CSVError) -> String {
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { return plainField() }
        let start = line
        position += 1
        var text = [UInt8]()
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\"") {
                guard position < bytes.count, bytes[position] == byte else { return try ended(text) }
                position += 1
            }
            if byte == UInt8(ascii: "\n") { line += 1 }
            text.append(byte)
        }
        throw CSVError(line: start, reason: "the file ends inside a field in quotes")
    }

    private func ended(_ text: [UInt8]) throws(CSVError) -> String {
        guard position == bytes.count || Self.endsField(bytes[position]) else {
            throw CSVError(line: line, reason: "something follows a field in quotes")
        }
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func plainField() -> String {
        let start = position
        while position < bytes.count, !Self.endsField(bytes[position]) { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self).trimmed
    }

    private static func endsField(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
    }
}
