/// The files in a zip archive, found by its central directory, zip64 included.
///
/// Format: <https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>. PyTorch stores its records without
/// compression, so that they can be used where they lie; compressed ones are refused. Checksums are not compared:
/// `torch.save` may be told to leave them out.
struct ZipArchive {
    struct Entry {
        /// Of the local header.
        var header: Int
        var byteCount: Int
        var isStored: Bool
        var isEncrypted: Bool
    }

    private let bytes: UnsafeRawBufferPointer
    /// In the directory's order.
    private(set) var names: [String] = []
    private var entries: [String: Entry] = [:]

    init(_ bytes: UnsafeRawBufferPointer) throws(CheckpointError) {
        self.bytes = bytes
        let directory = try ZipDirectory(bytes)
        var cursor = ByteCursor(
            UnsafeRawBufferPointer(rebasing: bytes[..<directory.bytes.upperBound]), at: directory.bytes.lowerBound)
        for _ in 0..<directory.count {
            let (name, entry) = try ZipArchive.entry(&cursor)
            if entries.updateValue(entry, forKey: name) == nil { names.append(name) }
        }
    }

    func contains(_ name: String) -> Bool { entries[name] != nil }

    /// Where a file's bytes lie in the archive, or `nil` where there is no such file.
    func range(of name: String) throws(CheckpointError) -> Range<Int>? {
        guard let entry = entries[name] else { return nil }
        guard entry.isStored, !entry.isEncrypted else {
            throw CheckpointError(
                at: entry.header, expected: "'\(name)' stored as it is",
                found: entry.isEncrypted ? "it encrypted" : "it compressed",
                remedy: "load the file with torch.load and save it again, or repack it with 'zip -0'")
        }
        var cursor = ByteCursor(bytes, at: entry.header)
        try ZipArchive.expect(0x0403_4B50, "a local header", &cursor)
        _ = try cursor.take(22)
        let (nameLength, extraLength) = (try cursor.number(UInt16.self), try cursor.number(UInt16.self))
        _ = try cursor.take(Int(nameLength) + Int(extraLength))
        let start = cursor.offset
        _ = try cursor.take(entry.byteCount)
        return start..<start + entry.byteCount
    }

    private static func entry(_ cursor: inout ByteCursor) throws(CheckpointError) -> (String, Entry) {
        let start = cursor.offset
        try expect(0x0201_4B50, "an entry of the zip directory", &cursor)
        _ = try cursor.take(4)
        let (flags, method) = (try cursor.number(UInt16.self), try cursor.number(UInt16.self))
        _ = try cursor.take(8)
        let sizes = (stored: try cursor.number(UInt32.self), whole: try cursor.number(UInt32.self))
        let lengths = (
            name: try cursor.number(UInt16.self), extra: try cursor.number(UInt16.self),
            comment: try cursor.number(UInt16.self)
        )
        _ = try cursor.take(8)
        let header = try cursor.number(UInt32.self)
        let name = String(decoding: try cursor.take(Int(lengths.name)), as: UTF8.self)
        var wide = try ZipWideFields(cursor.take(Int(lengths.extra)))
        _ = try cursor.take(Int(lengths.comment))
        let whole = try wide.widened(sizes.whole), stored = try wide.widened(sizes.stored)
        let place = try wide.widened(header)
        guard method != 0 || whole == stored else {
            throw CheckpointError(
                at: start, expected: "'\(name)' of one size", found: "\(stored) and \(whole) bytes", remedy: cutOff)
        }
        return (name, Entry(header: place, byteCount: stored, isStored: method == 0, isEncrypted: flags & 1 != 0))
    }

    static func expect(_ signature: UInt32, _ what: String, _ cursor: inout ByteCursor) throws(CheckpointError) {
        let start = cursor.offset
        let found = try cursor.number(UInt32.self)
        guard found == signature else {
            throw CheckpointError(
                at: start, expected: what, found: "the number 0x\(String(found, radix: 16))", remedy: cutOff)
        }
    }
}
