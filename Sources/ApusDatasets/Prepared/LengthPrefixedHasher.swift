import ApusDigest

/// SHA-256 of texts, each preceded by its length, and of little-endian numbers: no two contents share their bytes.
struct LengthPrefixedHasher {
    private var hasher = SHA256()

    mutating func add(text: String) {
        let bytes = Array(text.utf8)
        add(number: bytes.count)
        hasher.update(bytes)
    }

    mutating func add(number: Int) {
        withUnsafeBytes(of: Int64(number).littleEndian) { hasher.update($0) }
    }

    mutating func add(number: Double) {
        withUnsafeBytes(of: number.bitPattern.littleEndian) { hasher.update($0) }
    }

    mutating func add(bytes: [UInt8]) { hasher.update(bytes) }

    /// 64 hexadecimal digits.
    func finalize() -> String { hexadecimal(hasher.finalized()) }
}
