/// A protobuf message taken apart, so that a mutation of one part leaves the lengths around it right.
struct Message {
    var fields: [Field] = []

    struct Field {
        let number: Int
        var content: Content
    }

    enum Content {
        case varint(UInt64)
        case fixed64(UInt64)
        case fixed32(UInt32)
        case bytes([UInt8])
        indirect case message(Message)
    }
}

extension Message {
    /// `nil` where the bytes are no message of `schema`.
    init?(_ bytes: ArraySlice<UInt8>, _ schema: Schema, depth: Int = 0) {
        var rest = bytes
        while !rest.isEmpty {
            guard let key = rest.popVarint(), key >= 8, key < 1 << 32 else { return nil }
            let number = Int(key >> 3)
            guard let content = Content(&rest, wire: key & 7, schema.child(number), depth: depth) else { return nil }
            fields.append(Field(number: number, content: content))
        }
    }

    var encoded: [UInt8] {
        var bytes: [UInt8] = []
        for field in fields { field.encode(into: &bytes) }
        return bytes
    }

    /// The number of fields, those of inner messages included.
    var size: Int {
        fields.reduce(0) { sum, field in
            if case .message(let inner) = field.content { sum + 1 + inner.size } else { sum + 1 }
        }
    }
}

extension Message.Content {
    /// Inner messages nested deeper than this stay bytes.
    private static let depthLimit = 60

    fileprivate init?(_ rest: inout ArraySlice<UInt8>, wire: UInt64, _ schema: Schema?, depth: Int) {
        switch wire {
        case 0:
            guard let value = rest.popVarint() else { return nil }
            self = .varint(value)
        case 1:
            guard let value = rest.popFixed(UInt64.self) else { return nil }
            self = .fixed64(value)
        case 2:
            guard let length = rest.popVarint(), length <= UInt64(rest.count) else { return nil }
            let content = rest.prefix(Int(length))
            rest = rest.dropFirst(Int(length))
            if let schema, depth < Self.depthLimit, let inner = Message(content, schema, depth: depth + 1) {
                self = .message(inner)
            } else {
                self = .bytes(Array(content))
            }
        case 5:
            guard let value = rest.popFixed(UInt32.self) else { return nil }
            self = .fixed32(value)
        default: return nil
        }
    }
}

extension Message.Field {
    fileprivate func encode(into bytes: inout [UInt8]) {
        func key(_ wire: Int) { bytes.appendVarint(UInt64(number << 3 | wire)) }
        switch content {
        case .varint(let value):
            key(0)
            bytes.appendVarint(value)
        case .fixed64(let value):
            key(1)
            withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
        case .fixed32(let value):
            key(5)
            withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
        case .bytes(let content):
            key(2)
            bytes.appendVarint(UInt64(content.count))
            bytes += content
        case .message(let inner):
            let content = inner.encoded
            key(2)
            bytes.appendVarint(UInt64(content.count))
            bytes += content
        }
    }
}

extension ArraySlice<UInt8> {
    mutating func popVarint() -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: 0, to: 64, by: 7) {
            guard let byte = popFirst() else { return nil }
            value |= UInt64(byte & 0x7F) << UInt64(shift)
            if byte < 0x80 { return value }
        }
        return nil
    }

    mutating func popFixed<Bits: FixedWidthInteger>(_ type: Bits.Type) -> Bits? {
        let size = MemoryLayout<Bits>.size
        guard count >= size else { return nil }
        defer { self = dropFirst(size) }
        return prefix(size).reversed().reduce(0) { $0 << 8 | Bits($1) }
    }
}

extension [UInt8] {
    mutating func appendVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }
}
