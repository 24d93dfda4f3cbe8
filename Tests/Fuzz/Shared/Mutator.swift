import ApusCore

/// Changes a few fields of a message at random; what comes out is well-formed protobuf again.
struct Mutator {
    var random: RandomStream
    /// Names of operators to try.
    let operators: [String]
    /// Value names that the message speaks of.
    private var names: [[UInt8]] = []

    init(seed: UInt32, operators: [String]) {
        random = RandomStream(seed: UInt64(seed))
        self.operators = operators
    }

    mutating func mutate(_ message: inout Message, _ schema: Schema) {
        names = message.names(schema)
        for _ in 0...below(3) {
            let size = message.size
            guard size > 0 else { return }
            change(&message, schema, at: below(size))
        }
    }

    /// Puts a field of `other` beside fields of its kind.
    mutating func cross(_ message: inout Message, with other: Message, _ schema: Schema) {
        guard let field = other.fields.randomElement(using: &self) else { return }
        if case .message(let inner) = field.content, let kind = schema.child(field.number), below(3) > 0,
            let place = message.fields.indices.filter({ message.fields[$0].number == field.number })
                .randomElement(using: &self),
            case .message(var target) = message.fields[place].content
        {
            cross(&target, with: inner, kind)
            message.fields[place].content = .message(target)
            return
        }
        message.fields.insert(field, at: below(message.fields.count + 1))
    }

    /// Goes down to field `index`, counted depth first.
    private mutating func change(_ message: inout Message, _ schema: Schema, at index: Int) {
        var index = index
        for place in message.fields.indices {
            guard index > 0 else { return change(&message, schema, field: place) }
            index -= 1
            guard case .message(var inner) = message.fields[place].content,
                let kind = schema.child(message.fields[place].number)
            else { continue }
            let size = inner.size
            if index < size {
                change(&inner, kind, at: index)
                message.fields[place].content = .message(inner)
                return
            }
            index -= size
        }
    }

    private mutating func change(_ message: inout Message, _ schema: Schema, field place: Int) {
        switch below(12) {
        case 0: message.fields.remove(at: place)
        case 1: message.fields.insert(message.fields[place], at: below(message.fields.count + 1))
        case 2: message.fields.swapAt(place, below(message.fields.count))
        case 3: message.fields[place].content = message.fields[below(message.fields.count)].content
        case 4 where schema == .graph: message.fields.append(makeNode())
        default: message.fields[place].content = changed(message.fields[place], schema)
        }
    }

    private mutating func changed(_ field: Message.Field, _ schema: Schema) -> Message.Content {
        switch field.content {
        case .varint(let value): .varint(integer(near: value))
        case .fixed64(let value): .fixed64(integer(near: value))
        case .fixed32: .fixed32(Self.floats[below(Self.floats.count)].bitPattern)
        case .message(let inner): .message(Message(fields: inner.fields.shuffled(using: &self)))
        case .bytes(let bytes): .bytes(changed(bytes, schema, field.number))
        }
    }

    private mutating func changed(_ bytes: [UInt8], _ schema: Schema, _ number: Int) -> [UInt8] {
        if schema == .node && number == 4 { return Array(operators[below(operators.count)].utf8) }
        if schema.isValueName(number) && !names.isEmpty { return below(12) == 0 ? [] : names[below(names.count)] }
        if schema.isPackedIntegers(number) { return packed(bytes) }
        if schema == .tensor && number == 9 && below(4) > 0 { return withElement(bytes) }
        return fuzzed(bytes)
    }

    /// One integer of a packed list changed, added or taken away.
    private mutating func packed(_ bytes: [UInt8]) -> [UInt8] {
        var values: [UInt64] = []
        var rest = bytes[...]
        while let value = rest.popVarint() { values.append(value) }
        let place = below(values.count + 1)
        switch below(4) {
        case 0: values.insert(integer(near: 1), at: place)
        case 1 where place < values.count: values.remove(at: place)
        default: if place < values.count { values[place] = integer(near: values[place]) }
        }
        return values.reduce(into: []) { $0.appendVarint($1) }
    }

    /// One element of raw data replaced by an odd number.
    private mutating func withElement(_ bytes: [UInt8]) -> [UInt8] {
        let size = [1, 2, 4, 8][below(4)]
        guard bytes.count >= size else { return bytes }
        let bits =
            size == 4 && below(2) == 0 ? UInt64(Self.floats[below(Self.floats.count)].bitPattern) : integer(near: 1)
        let start = below(bytes.count / size) * size
        var result = bytes
        for index in 0..<size { result[start + index] = UInt8(truncatingIfNeeded: bits >> UInt64(8 * index)) }
        return result
    }

    private mutating func makeNode() -> Message.Field {
        var node = Message()
        func text(_ number: Int, _ bytes: [UInt8]) -> Message.Field { .init(number: number, content: .bytes(bytes)) }
        for _ in 0..<below(4) { node.fields.append(text(1, names.randomElement(using: &self) ?? [])) }
        node.fields.append(text(2, names.randomElement(using: &self) ?? []))
        node.fields.append(text(4, Array(operators[below(operators.count)].utf8)))
        return .init(number: 1, content: .message(node))
    }

    private mutating func integer(near value: UInt64) -> UInt64 {
        switch below(6) {
        case 0: value &+ 1
        case 1: value &- 1
        case 2: UInt64(below(20))
        case 3: UInt64(bitPattern: Int64(-below(6)))
        case 4: value &* 2
        default: UInt64(bitPattern: Self.integers[below(Self.integers.count)])
        }
    }

    /// libFuzzer's own changes, which know the dictionary.
    private mutating func fuzzed(_ bytes: [UInt8]) -> [UInt8] {
        let room = bytes.count + 16
        return [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
            for (index, byte) in bytes.enumerated() { buffer.initializeElement(at: index, to: byte) }
            count = fuzzerMutate(buffer.baseAddress!, bytes.count, room)
        }
    }

    private mutating func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }

    private static let integers: [Int64] = [
        .max, .min, .max - 1, 1 << 62, 1 << 48, 1 << 40, 1 << 32, 1 << 31, (1 << 31) - 1, -(1 << 31), 1 << 24, 65536,
        65535, 32768, 4096, 1000, 255, 128, 64, 0, 1, -1, -2,
    ]
    private static let floats: [Float] = [
        0, -0.0, 1, -1, 0.5, 2, 1e-30, 1e30, -1e30, 1e10, .infinity, -.infinity, .nan, .leastNonzeroMagnitude,
    ]
}

extension Mutator: RandomNumberGenerator {
    mutating func next() -> UInt64 { random.next() }
}

extension Message {
    /// Every value name in the message.
    fileprivate func names(_ schema: Schema) -> [[UInt8]] {
        fields.flatMap { field -> [[UInt8]] in
            switch field.content {
            case .message(let inner): schema.child(field.number).map { inner.names($0) } ?? []
            case .bytes(let bytes) where schema.isValueName(field.number): [bytes]
            default: []
            }
        }
    }
}

@_silgen_name("LLVMFuzzerMutate")
func fuzzerMutate(_ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ capacity: Int) -> Int
