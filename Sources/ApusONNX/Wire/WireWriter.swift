import ApusCore

/// Writes one protobuf message.
struct WireWriter {
    private(set) var bytes: [UInt8] = []

    mutating func write(_ field: Int, _ value: Int) {
        key(field, .varint)
        varint(UInt64(bitPattern: Int64(value)))
    }

    mutating func write(_ field: Int, _ value: Float) {
        key(field, .fixed32)
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func write(_ field: Int, _ value: String) {
        write(field, Array(value.utf8))
    }

    mutating func write(_ field: Int, _ content: [UInt8]) {
        content.withUnsafeBytes { write(field, $0) }
    }

    mutating func write(_ field: Int, _ content: UnsafeRawBufferPointer) {
        key(field, .bytes)
        varint(UInt64(content.count))
        bytes.append(contentsOf: content)
    }

    /// Leaves the field out where the text is empty, which means the same.
    mutating func writeUnlessEmpty(_ field: Int, _ value: String) {
        if !value.isEmpty { write(field, value) }
    }

    mutating func write(_ field: Int, message body: (inout WireWriter) -> Void) {
        var inner = WireWriter()
        body(&inner)
        write(field, inner.bytes)
    }

    mutating func writePacked(_ field: Int, _ values: [Int]) {
        guard !values.isEmpty else { return }
        var inner = WireWriter()
        for value in values { inner.varint(UInt64(bitPattern: Int64(value))) }
        write(field, inner.bytes)
    }

    /// Writes `count` spaces into a text field that carries no meaning; `count` is what the whole field takes.
    mutating func writePadding(_ field: Int, count: Int) {
        guard count > 0 else { return }
        precondition(count >= 2 && count < 128, "a padding field takes 2 to 127 bytes")
        write(field, [UInt8](repeating: 0x20, count: count - 2))
    }

    private mutating func key(_ field: Int, _ type: WireReader.WireType) {
        varint(UInt64(field) << 3 | type.rawValue)
    }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// The bytes that a number takes.
    static func varintSize(_ value: Int) -> Int {
        max(1, (Int.bitWidth - value.leadingZeroBitCount + 6) / 7)
    }

    /// The size of a padding field that moves what follows it to a multiple of 64, where `position` tells
    /// what follows for each size.
    static func padding(position: (Int) -> Int) -> Int {
        // Lengths before the padding may grow by a byte with it, so sizes are tried; 0 and 2…66 hold one that fits.
        ([0] + Array(2...127)).first { position($0) % 64 == 0 } ?? 0
    }
}
