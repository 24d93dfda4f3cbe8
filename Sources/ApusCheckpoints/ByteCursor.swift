/// Reads bytes in order; what would pass the end is an error.
struct ByteCursor {
    let bytes: UnsafeRawBufferPointer
    /// The next byte, which may be the end.
    private(set) var offset: Int

    init(_ bytes: UnsafeRawBufferPointer, at offset: Int = 0) {
        (self.bytes, self.offset) = (bytes, min(max(offset, 0), bytes.count))
    }

    var rest: Int { bytes.count - offset }

    mutating func take(_ count: Int) throws(CheckpointError) -> UnsafeRawBufferPointer {
        guard count >= 0, count <= rest else {
            throw CheckpointError(
                at: offset, expected: "\(count) bytes", found: "\(rest) until the end", remedy: cutOff)
        }
        defer { offset += count }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
    }

    /// A little-endian number.
    mutating func number<Number: FixedWidthInteger>(_ type: Number.Type) throws(CheckpointError) -> Number {
        Number(littleEndian: try take(MemoryLayout<Number>.size).loadUnaligned(as: Number.self))
    }

    /// A length of eight bytes.
    mutating func length() throws(CheckpointError) -> Int {
        let start = offset
        let value = try number(UInt64.self)
        guard let length = Int(exactly: value) else {
            throw CheckpointError(at: start, expected: "a length", found: "\(value)", remedy: cutOff)
        }
        return length
    }

    /// The bytes up to a line's end, which is passed.
    mutating func line() throws(CheckpointError) -> String {
        guard let end = bytes[offset...].firstIndex(of: UInt8(ascii: "\n")) else {
            throw CheckpointError(at: offset, expected: "a line's end", found: "the end of the bytes", remedy: cutOff)
        }
        let text = String(decoding: try take(end - offset), as: UTF8.self)
        offset += 1
        return text
    }
}

/// What helps where a file ends too early.
let cutOff = "the file is damaged or cut off: copy or download it again"
