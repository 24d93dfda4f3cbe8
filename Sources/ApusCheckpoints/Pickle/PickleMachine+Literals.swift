// Numbers, texts and bytes as they stand in a pickle.
extension PickleMachine {
    mutating func number(_ opcode: PickleOpcode) throws(CheckpointError) -> PickleValue {
        switch opcode {
        case .newTrue: return .bool(true)
        case .newFalse: return .bool(false)
        case .int, .long: return try integer(cursor.line())
        case .binInt: return .integer(Int(try cursor.number(Int32.self)))
        case .binInt1: return .integer(Int(try cursor.number(UInt8.self)))
        case .binInt2: return .integer(Int(try cursor.number(UInt16.self)))
        case .long1: return PickleMachine.integer(try cursor.take(Int(cursor.number(UInt8.self))))
        case .long4: return PickleMachine.integer(try cursor.take(Int(cursor.number(Int32.self))))
        case .float:
            let line = try cursor.line()
            guard let value = Double(line) else { throw failure("a number", "'\(line.prefix(40))'") }
            return .float(value)
        case .binFloat:
            return .float(Double(bitPattern: try cursor.number(UInt64.self).byteSwapped))
        default: return .none
        }
    }

    /// `00` and `01` are how protocol 0 writes bools.
    private func integer(_ line: String) throws(CheckpointError) -> PickleValue {
        if line == "00" || line == "01" { return .bool(line == "01") }
        let digits = line.hasSuffix("L") ? line.dropLast() : line[...]
        if let value = Int(digits) { return .integer(value) }
        guard digits.utf8.count <= 80, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw failure("an integer", "'\(line.prefix(40))'")
        }
        return .wideInteger(PickleMachine.bytes(decimal: digits))
    }

    /// A natural number's bytes, little-endian.
    private static func bytes(decimal digits: Substring) -> [UInt8] {
        var bytes: [UInt8] = []
        for digit in digits.utf8 {
            var carry = Int(digit - 0x30)
            for index in bytes.indices {
                carry += Int(bytes[index]) * 10
                bytes[index] = UInt8(carry & 255)
                carry >>= 8
            }
            if carry > 0 { bytes.append(UInt8(carry)) }
        }
        return bytes
    }

    /// Two's complement, little-endian.
    private static func integer(_ bytes: UnsafeRawBufferPointer) -> PickleValue {
        guard bytes.count <= 8 else { return .wideInteger(Array(bytes)) }
        let isNegative = bytes.last.map { $0 >= 0x80 } ?? false
        return .integer(bytes.reversed().reduce(isNegative ? -1 : 0) { $0 << 8 | Int($1) })
    }

    mutating func text(_ opcode: PickleOpcode) throws(CheckpointError) -> String {
        switch opcode {
        case .string: try PickleMachine.unescaped(unquoted(cursor.line()))
        case .unicode: try PickleMachine.unescaped(cursor.line()[...])
        default: String(decoding: try counted(opcode), as: UTF8.self)
        }
    }

    /// The bytes behind a length.
    mutating func counted(_ opcode: PickleOpcode) throws(CheckpointError) -> UnsafeRawBufferPointer {
        let length =
            switch opcode {
            case .shortBinString, .shortBinUnicode, .shortBinBytes: Int(try cursor.number(UInt8.self))
            case .binUnicode8, .binBytes8, .byteArray8: try cursor.length()
            default: Int(try cursor.number(UInt32.self))
            }
        guard length <= limits.textLength else {
            throw failure("a text of at most \(limits.textLength) bytes", "one of \(length)")
        }
        return try cursor.take(length)
    }

    private func unquoted(_ line: String) throws(CheckpointError) -> Substring {
        guard let quote = line.first, quote == "'" || quote == "\"", line.count >= 2, line.last == quote else {
            throw failure("a text in quotes", "'\(line.prefix(40))'")
        }
        return line.dropFirst().dropLast()
    }

    /// Python's escapes; one that it does not know stays as it is.
    private static func unescaped(_ text: Substring) -> String {
        guard text.utf8.contains(UInt8(ascii: "\\")) else { return String(text) }
        var result = String.UnicodeScalarView(), rest = text.unicodeScalars
        while let scalar = rest.popFirst() {
            guard scalar == "\\", let kind = rest.popFirst() else {
                result.append(scalar)
                continue
            }
            let digits: Int? = ["x": 2, "u": 4, "U": 8][kind]
            let code = digits.flatMap { UInt32(String(rest.prefix($0)), radix: 16) }.flatMap(Unicode.Scalar.init)
            if let digits, let code {
                rest = rest.dropFirst(digits)
                result.append(code)
            } else if let plain = plainEscapes[kind] {
                result.append(plain)
            } else {
                result.append(contentsOf: [scalar, kind])
            }
        }
        return String(result)
    }

    private static let plainEscapes: [Unicode.Scalar: Unicode.Scalar] = [
        "n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", "\"": "\"",
    ]
}
