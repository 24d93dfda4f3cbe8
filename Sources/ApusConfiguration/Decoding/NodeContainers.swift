/// The mapping side of `NodeDecoder`; one generic method serves every type that `Decodable` asks for.
struct KeyedNodeContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let decoder: NodeDecoder
    private let values: [String: YAMLNode]
    private let keys: [String]

    init(decoder: NodeDecoder, entries: [YAMLEntry]) {
        self.decoder = decoder
        let standard = decoder.defaults?.entries ?? []
        values = Dictionary((entries + standard).map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
        keys = entries.map(\.key)
    }

    var codingPath: [any CodingKey] { decoder.codingPath }

    var allKeys: [Key] {
        keys.compactMap { key in
            guard let typed = Key(stringValue: key) else { return nil }
            decoder.noteAsked(key)
            return typed
        }
    }

    func contains(_ key: Key) -> Bool {
        decoder.noteAsked(key.stringValue)
        return values[key.stringValue] != nil
    }

    func decodeNil(forKey key: Key) throws -> Bool { try value(for: key).isNull }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        let value = try value(for: key)
        return try NodeDecoder.decode(
            type, from: value, at: path(to: key), in: decoder.session, defaults: inheritedDefaults(for: key))
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        try superDecoder(forKey: key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try superDecoder(forKey: key).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder { decoder }

    func superDecoder(forKey key: Key) throws -> any Decoder {
        NodeDecoder(
            try value(for: key), at: path(to: key), in: decoder.session, defaults: inheritedDefaults(for: key))
    }

    private func path(to key: Key) -> [any CodingKey] { codingPath + [NodeKey(key.stringValue)] }

    private func inheritedDefaults(for key: Key) -> YAMLNode? {
        decoder.defaults?[key.stringValue].flatMap { $0.entries == nil ? nil : $0 }
    }

    private func value(for key: Key) throws -> YAMLNode {
        decoder.noteAsked(key.stringValue)
        guard let value = values[key.stringValue] else { throw decoder.missing(key.stringValue) }
        return value
    }
}

/// The list side of `NodeDecoder`.
struct UnkeyedNodeContainer: UnkeyedDecodingContainer {
    let decoder: NodeDecoder
    let elements: [YAMLNode]
    private(set) var currentIndex = 0

    init(decoder: NodeDecoder, elements: [YAMLNode]) {
        self.decoder = decoder
        self.elements = elements
    }

    var codingPath: [any CodingKey] { decoder.codingPath }
    var count: Int? { elements.count }
    var isAtEnd: Bool { currentIndex >= elements.count }

    mutating func decodeNil() throws -> Bool {
        guard try current().isNull else { return false }
        currentIndex += 1
        return true
    }

    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
        let value = try NodeDecoder.decode(type, from: current(), at: path, in: decoder.session, defaults: nil)
        currentIndex += 1
        return value
    }

    mutating func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        try superDecoder().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try superDecoder().unkeyedContainer()
    }

    mutating func superDecoder() throws -> any Decoder {
        let nested = NodeDecoder(try current(), at: path, in: decoder.session, defaults: nil)
        currentIndex += 1
        return nested
    }

    private var path: [any CodingKey] { codingPath + [NodeKey(currentIndex)] }

    private func current() throws -> YAMLNode {
        guard !isAtEnd else { throw decoder.mismatch("more than \(elements.count) elements") }
        return elements[currentIndex]
    }
}

/// The scalar side of `NodeDecoder`; also what optionals decode through.
struct SingleNodeContainer: SingleValueDecodingContainer {
    let decoder: NodeDecoder

    var codingPath: [any CodingKey] { decoder.codingPath }

    func decodeNil() -> Bool { decoder.node.isNull }

    func decode<T: Decodable>(_ type: T.Type) throws -> T {
        try NodeDecoder.decode(
            type, from: decoder.node, at: codingPath, in: decoder.session, defaults: decoder.defaults)
    }
}
