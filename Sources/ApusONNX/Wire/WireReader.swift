/// Reads one protobuf message in place; every byte is untrusted.
///
/// <https://protobuf.dev/programming-guides/encoding/>
struct WireReader {
    let context: WireContext
    private var offset: Int
    private let end: Int
    private let depth: Int

    struct Field {
        let number: Int
        let type: WireType
    }

    enum WireType: UInt64 {
        case varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5
    }

    /// Messages nested deeper than this are refused, as in Google's own reader.
    private static let depthLimit = 100

    init(_ context: WireContext) {
        self.init(context, 0..<context.bytes.count, depth: 0)
    }

    private init(_ context: WireContext, _ range: Range<Int>, depth: Int) {
        (self.context, offset, end, self.depth) = (context, range.lowerBound, range.upperBound, depth)
    }

    func malformed(_ reason: String) -> GraphError {
        .malformed(reason, offset: offset, file: context.file)
    }

    /// The next field's number and type; its value must be read before the next call. `nil` at the end.
    mutating func nextField() throws(GraphError) -> Field? {
        guard offset < end else { return nil }
        let key = try varint()
        guard let type = WireType(rawValue: key & 7), key >> 3 > 0, key >> 3 < 1 << 29 else {
            throw malformed("no field begins with \(key)")
        }
        return Field(number: Int(key >> 3), type: type)
    }

    mutating func skip(_ field: Field) throws(GraphError) {
        switch field.type {
        case .varint: _ = try varint()
        case .fixed64: try advance(8)
        case .bytes: _ = try byteRange(field)
        case .fixed32: try advance(4)
        }
    }

    mutating func int(_ field: Field) throws(GraphError) -> Int {
        try require(.varint, of: field)
        return Int(truncatingIfNeeded: try varint())
    }

    mutating func float(_ field: Field) throws(GraphError) -> Float {
        try require(.fixed32, of: field)
        return Float(bitPattern: try fixed(UInt32.self))
    }

    mutating func string(_ field: Field) throws(GraphError) -> String {
        let range = try byteRange(field)
        guard let text = String(validating: context.bytes[range], as: UTF8.self) else {
            throw .malformed("text that is not UTF-8", offset: range.lowerBound, file: context.file)
        }
        return text
    }

    /// Where in the file a length-delimited field's bytes lie.
    mutating func byteRange(_ field: Field) throws(GraphError) -> Range<Int> {
        try require(.bytes, of: field)
        let length = try varint()
        guard length <= UInt64(end - offset) else {
            throw malformed("a field of \(length) bytes where \(end - offset) are left")
        }
        defer { offset += Int(length) }
        return offset..<offset + Int(length)
    }

    mutating func message(_ field: Field) throws(GraphError) -> WireReader {
        guard depth < Self.depthLimit else { throw malformed("messages nested deeper than \(Self.depthLimit)") }
        return WireReader(context, try byteRange(field), depth: depth + 1)
    }

    /// Appends a repeated integer field, packed or not.
    mutating func appendInts(_ field: Field, to values: inout [Int]) throws(GraphError) {
        guard field.type == .bytes else { return values.append(try int(field)) }
        var packed = try message(field)
        while packed.offset < packed.end { values.append(Int(truncatingIfNeeded: try packed.varint())) }
    }

    /// Appends a repeated field of fixed-size elements, packed or not.
    mutating func appendFixed<Bits: FixedWidthInteger>(
        _ field: Field, to values: inout [Bits]
    ) throws(GraphError) {
        guard field.type == .bytes else {
            try require(MemoryLayout<Bits>.size == 4 ? .fixed32 : .fixed64, of: field)
            return values.append(try fixed(Bits.self))
        }
        var packed = try message(field)
        values.reserveCapacity(values.count + (packed.end - packed.offset) / MemoryLayout<Bits>.size)
        while packed.offset < packed.end { values.append(try packed.fixed(Bits.self)) }
    }

    private func require(_ type: WireType, of field: Field) throws(GraphError) {
        guard field.type == type else {
            throw malformed("field \(field.number) is of wire type \(field.type.rawValue), expected \(type.rawValue)")
        }
    }

    private mutating func fixed<Bits: FixedWidthInteger>(_ type: Bits.Type) throws(GraphError) -> Bits {
        let start = offset
        try advance(MemoryLayout<Bits>.size)
        return Bits(littleEndian: context.bytes.loadUnaligned(fromByteOffset: start, as: Bits.self))
    }

    private mutating func advance(_ count: Int) throws(GraphError) {
        guard count <= end - offset else { throw malformed("a value is cut off") }
        offset += count
    }

    private mutating func varint() throws(GraphError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: 0, to: 64, by: 7) {
            guard offset < end else { throw malformed("a number is cut off") }
            let byte = context.bytes[offset]
            offset += 1
            if shift == 63 && byte > 1 { break }
            value |= UInt64(byte & 0x7F) << UInt64(shift)
            if byte < 0x80 { return value }
        }
        throw malformed("a number of more than 64 bits")
    }
}
