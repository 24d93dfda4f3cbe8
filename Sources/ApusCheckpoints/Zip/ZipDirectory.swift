/// Where a zip archive's directory lies, as the record at the file's end says.
struct ZipDirectory {
    let bytes: Range<Int>
    let count: Int

    /// The record at the end without its comment, and the pointer to its wide form before it.
    private static let endSize = 22, pointerSize = 20

    init(_ bytes: UnsafeRawBufferPointer) throws(CheckpointError) {
        guard let end = ZipDirectory.endRecord(bytes) else {
            throw CheckpointError(
                at: bytes.count, expected: "a zip archive's directory", found: "the end of the file", remedy: cutOff)
        }
        var fields = (count: 0, size: 0, start: 0)
        if let wide = try ZipDirectory.wideRecord(bytes, before: end) {
            fields = wide
        } else {
            var cursor = ByteCursor(bytes, at: end + 10)
            fields.count = Int(try cursor.number(UInt16.self))
            fields.size = Int(try cursor.number(UInt32.self))
            fields.start = Int(try cursor.number(UInt32.self))
        }
        guard fields.start <= end, fields.size <= end - fields.start, fields.count <= fields.size / 46 else {
            throw CheckpointError(
                at: end, expected: "a zip directory within the file",
                found: "\(fields.count) entries in \(fields.size) bytes from byte \(fields.start)", remedy: cutOff)
        }
        (self.bytes, count) = (fields.start..<fields.start + fields.size, fields.count)
    }

    /// The last record whose comment reaches exactly to the end.
    private static func endRecord(_ bytes: UnsafeRawBufferPointer) -> Int? {
        guard bytes.count >= endSize else { return nil }
        let last = bytes.count - endSize
        for start in stride(from: last, through: max(0, last - 0xFFFF), by: -1) {
            let signature = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt32.self))
            guard signature == 0x0605_4B50 else { continue }
            let comment = UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: start + 20, as: UInt16.self))
            if start + endSize + Int(comment) == bytes.count { return start }
        }
        return nil
    }

    private static func wideRecord(
        _ bytes: UnsafeRawBufferPointer, before end: Int
    ) throws(CheckpointError) -> (count: Int, size: Int, start: Int)? {
        guard end >= pointerSize else { return nil }
        var cursor = ByteCursor(bytes, at: end - pointerSize)
        guard try cursor.number(UInt32.self) == 0x0706_4B50 else { return nil }
        _ = try cursor.take(4)
        cursor = ByteCursor(bytes, at: try cursor.length())
        try ZipArchive.expect(0x0606_4B50, "the wide end of a zip archive", &cursor)
        _ = try cursor.take(28)
        let count = try cursor.length(), size = try cursor.length(), start = try cursor.length()
        return (count, size, start)
    }
}

/// The 64-bit numbers of an entry whose 32-bit fields are full, in the order in which they are asked for.
struct ZipWideFields {
    private var cursor: ByteCursor

    init(_ extra: UnsafeRawBufferPointer) throws(CheckpointError) {
        var fields = ByteCursor(extra)
        cursor = ByteCursor(UnsafeRawBufferPointer(start: nil, count: 0))
        // What is left over may be padding of any bytes.
        while fields.rest >= 4 {
            let kind = try fields.number(UInt16.self), size = Int(try fields.number(UInt16.self))
            guard size <= fields.rest else { return }
            let content = try fields.take(size)
            if kind == 1 {
                cursor = ByteCursor(content)
                return
            }
        }
    }

    mutating func widened(_ field: UInt32) throws(CheckpointError) -> Int {
        field == .max ? try cursor.length() : Int(field)
    }
}
