import ApusDigest

/// SHA-256 of some bytes.
struct ContentHash: Hashable, Sendable {
    /// 32 bytes.
    let bytes: [UInt8]

    init(bytes: [UInt8]) { self.bytes = bytes }

    init(of content: UnsafeRawBufferPointer) { bytes = SHA256.hash(content) }

    /// 64 hexadecimal digits; `nil` for anything else.
    init?(hexadecimal text: some StringProtocol) {
        let digits = text.utf8.compactMap { UInt8(String(UnicodeScalar($0)), radix: 16) }
        guard text.utf8.count == 64, digits.count == 64 else { return nil }
        bytes = stride(from: 0, to: 64, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    var hexadecimal: String { ApusDigest.hexadecimal(bytes) }
}
