/// JSON that cannot be read on.
struct JSONError: Error, Equatable {
    var line: Int
    var reason: String
}

/// Walks through JSON text without building it in memory: annotation files of a gigabyte cost their own size only.
///
/// `NaN` and `Infinity`, which Python writes, are read as such numbers, so that a label that holds one is a fault
/// of that label and not of the whole file.
struct JSONCursor {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    /// Of the next byte, counted from 1.
    private(set) var line = 1

    private static let maximumDepth = 128

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { position = 3 }
    }

    /// A cursor at a place that another one has been at.
    init(_ bytes: UnsafeRawBufferPointer, from offset: Int, line: Int) {
        (self.bytes, position, self.line) = (bytes, offset, line)
    }

    /// Where the next byte is.
    var offset: Int { position }

    // MARK: Containers

    /// Calls `member` with each key, the cursor standing at its value, which `member` has to read or skip.
    mutating func object(
        _ member: (String, inout JSONCursor) throws(JSONError) -> Void
    ) throws(JSONError) {
        try expect("{")
        if take("}") { return }
        repeat {
            let key = try string()
            try expect(":")
            try member(key, &self)
        } while take(",")
        try expect("}")
    }

    /// Calls `element` with the cursor standing at the first byte of each element.
    mutating func array(_ element: (inout JSONCursor) throws(JSONError) -> Void) throws(JSONError) {
        try expect("[")
        if take("]") { return }
        repeat {
            skipSpace()
            try element(&self)
        } while take(",")
        try expect("]")
    }

    /// Only white space may follow.
    mutating func end() throws(JSONError) {
        skipSpace()
        guard position == bytes.count else { throw failure("something follows the end") }
    }

    /// What kind of value comes next.
    var nextIsObject: Bool { mutating get { skipSpace(); return peek == UInt8(ascii: "{") } }
    var nextIsArray: Bool { mutating get { skipSpace(); return peek == UInt8(ascii: "[") } }
    var nextIsString: Bool { mutating get { skipSpace(); return peek == UInt8(ascii: "\"") } }

    // MARK: Scalars

    mutating func string() throws(JSONError) -> String {
        try expect("\"")
        var text = [UInt8]()
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): text += try escape()
            case 0..<0x20: throw failure("a control character in text")
            default:
                text.append(byte)
                position += 1
            }
        }
        throw failure("the file ends inside text")
    }

    /// A number, or `nil` (the value passed over) where something else stands here.
    mutating func number() throws(JSONError) -> Double? {
        skipSpace()
        let start = position
        while let byte = peek, Self.isNumberByte(byte) { position += 1 }
        if let value = Self.value(String(decoding: bytes[start..<position], as: UTF8.self)) { return value }
        position = start
        try skip()
        return nil
    }

    /// A whole number within ±2⁵³, or `nil` where something else stands here.
    mutating func integer() throws(JSONError) -> Int? {
        guard let value = try number(), abs(value) <= 0x1p53, value.rounded() == value else { return nil }
        return Int(value)
    }

    /// Text, a number's digits as text, or `nil`.
    mutating func identifier() throws(JSONError) -> String? {
        if nextIsString { return try string() }
        return try integer().map(String.init)
    }

    /// `true`, `false` or `null`; `nil`, and nothing read, where something else stands here.
    mutating func word() throws(JSONError) -> String? {
        skipSpace()
        guard let byte = peek, "tfn".utf8.contains(byte) else { return nil }
        let start = position
        try skipWord()
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// Passes over any value.
    mutating func skip() throws(JSONError) { try skip(depth: 0) }

    private mutating func skip(depth: Int) throws(JSONError) {
        guard depth < Self.maximumDepth else { throw failure("nested more than \(Self.maximumDepth) deep") }
        skipSpace()
        switch peek {
        case UInt8(ascii: "{"):
            try object { (_, cursor) throws(JSONError) in try cursor.skip(depth: depth + 1) }
        case UInt8(ascii: "["):
            try array { (cursor) throws(JSONError) in try cursor.skip(depth: depth + 1) }
        case UInt8(ascii: "\""): _ = try string()
        default: try skipWord()
        }
    }

    private mutating func skipWord() throws(JSONError) {
        let start = position
        while let byte = peek, Self.isNumberByte(byte) { position += 1 }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard ["true", "false", "null"].contains(text) || Self.value(text) != nil else {
            throw failure(text.isEmpty ? unexpected("a value") : "'\(text.prefix(30))' is not a value")
        }
    }

    /// JSON's numbers, and what Python writes for those that JSON does not have.
    private static func value(_ text: String) -> Double? {
        switch text {
        case "NaN": return .nan
        case "Infinity": return .infinity
        case "-Infinity": return -.infinity
        default:
            let allowed = text.utf8.allSatisfy { (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }
            return allowed && text.utf8.first != UInt8(ascii: "+") ? Double(text) : nil
        }
    }

    private mutating func escape() throws(JSONError) -> [UInt8] {
        position += 1
        guard let kind = peek else { throw failure("the file ends inside text") }
        position += 1
        switch kind {
        case UInt8(ascii: "n"): return [0x0a]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "r"): return [0x0d]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0c]
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [kind]
        case UInt8(ascii: "u"): return try unicodeEscape()
        default: throw failure("an unknown escape in text")
        }
    }

    private mutating func unicodeEscape() throws(JSONError) -> [UInt8] {
        var units = [try codeUnit()]
        if UTF16.isLeadSurrogate(units[0]) {
            guard bytes.count - position >= 2, bytes[position] == UInt8(ascii: "\\"),
                bytes[position + 1] == UInt8(ascii: "u")
            else { throw failure("half a surrogate pair in text") }
            position += 2
            units.append(try codeUnit())
        }
        return Array(String(decoding: units, as: UTF16.self).utf8)
    }

    private mutating func codeUnit() throws(JSONError) -> UInt16 {
        guard bytes.count - position >= 4,
            let unit = UInt16(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
        else { throw failure("an escape \\u without four digits") }
        position += 4
        return unit
    }

    // MARK: Bytes

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 {
            if byte == 0x0a { line += 1 }
            position += 1
        }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard peek == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(JSONError) {
        guard take(character) else { throw failure(unexpected("'\(character)'")) }
    }

    private func unexpected(_ wanted: String) -> String {
        guard let byte = peek else { return "expected \(wanted), but the file ends" }
        return "expected \(wanted), found '\(Character(Unicode.Scalar(byte)))'"
    }

    private static func isNumberByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+") || byte == UInt8(ascii: ".")
        }
    }

    private func failure(_ reason: String) -> JSONError { JSONError(line: line, reason: reason) }
}
