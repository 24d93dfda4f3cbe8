/// Bounds-checked integers from bytes that nobody vouches for.
struct ByteReader {
    let bytes: UnsafeRawBufferPointer

    var count: Int { bytes.count }

    func byte(at offset: Int) -> Int? {
        offset >= 0 && offset < bytes.count ? Int(bytes[offset]) : nil
    }

    func integer(at offset: Int, bytes size: Int, bigEndian: Bool = true) -> Int? {
        guard offset >= 0, offset <= count - size else { return nil }
        let range = bytes[offset..<offset + size]
        return bigEndian
            ? range.reduce(0) { $0 << 8 | Int($1) } : range.reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    func matches(_ text: String, at offset: Int) -> Bool {
        let expected = Array(text.utf8)
        guard offset >= 0, offset <= count - expected.count else { return false }
        return bytes[offset..<offset + expected.count].elementsEqual(expected)
    }

    /// The bytes of `range` that exist.
    func slice(_ range: Range<Int>) -> ByteReader {
        ByteReader(bytes: UnsafeRawBufferPointer(rebasing: bytes[range.clamped(to: 0..<count)]))
    }
}
