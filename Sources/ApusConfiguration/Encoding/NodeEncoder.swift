/// Turns an `Encodable` value into YAML nodes, keys in the order in which the type writes them.
final class NodeEncoder: Encoder {
    private enum State {
        case empty, node(YAMLNode), mapping(MappingBox), sequence(SequenceBox)
    }

    let codingPath: [any CodingKey]
    let userInfo: [CodingUserInfoKey: Any] = [:]
    private var state = State.empty

    init(at path: [any CodingKey]) { codingPath = path }

    static func encode(_ value: some Encodable, at path: [any CodingKey] = []) throws -> YAMLNode {
        if let scalar = value as? any YAMLScalarValue { return scalar.yamlNode }
        let encoder = NodeEncoder(at: path)
        try value.encode(to: encoder)
        let node = encoder.node
        return value is [String: any Encodable] ? node.sortedByKey : node
    }

    var node: YAMLNode {
        switch state {
        case .empty: YAMLNode(.mapping([]))
        case .node(let node): node
        case .mapping(let box): YAMLNode(.mapping(box.entries.map { YAMLEntry($0.key, $0.value()) }))
        case .sequence(let box): YAMLNode(.sequence(box.elements.map { $0() }))
        }
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        let box: MappingBox
        if case .mapping(let open) = state { box = open } else { box = MappingBox() }
        state = .mapping(box)
        return KeyedEncodingContainer(KeyedNodeEncodingContainer(box: box, encoder: self))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        let box: SequenceBox
        if case .sequence(let open) = state { box = open } else { box = SequenceBox() }
        state = .sequence(box)
        return UnkeyedNodeEncodingContainer(box: box, encoder: self)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { SingleNodeEncodingContainer(encoder: self) }

    func set(_ node: YAMLNode) { state = .node(node) }
}

extension YAMLNode {
    /// Dictionaries have no order of their own.
    fileprivate var sortedByKey: YAMLNode {
        guard let entries else { return self }
        return YAMLNode(.mapping(entries.sorted { $0.key < $1.key }))
    }
}

/// Entries under construction; a nested container fills its value in later.
final class MappingBox {
    private(set) var entries: [(key: String, value: () -> YAMLNode)] = []

    func set(_ key: String, _ value: @escaping () -> YAMLNode) {
        if let index = entries.firstIndex(where: { $0.key == key }) {
            entries[index].value = value
        } else {
            entries.append((key, value))
        }
    }
}

final class SequenceBox {
    var elements: [() -> YAMLNode] = []
}

struct KeyedNodeEncodingContainer<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let box: MappingBox
    let encoder: NodeEncoder

    var codingPath: [any CodingKey] { encoder.codingPath }

    mutating func encodeNil(forKey key: Key) { box.set(key.stringValue) { .null } }

    mutating func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
        let node = try NodeEncoder.encode(value, at: codingPath + [NodeKey(key.stringValue)])
        box.set(key.stringValue) { node }
    }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        nested(key).container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        nested(key).unkeyedContainer()
    }

    mutating func superEncoder() -> any Encoder { encoder }
    mutating func superEncoder(forKey key: Key) -> any Encoder { nested(key) }

    private func nested(_ key: Key) -> NodeEncoder {
        let nested = NodeEncoder(at: codingPath + [NodeKey(key.stringValue)])
        box.set(key.stringValue) { nested.node }
        return nested
    }
}

struct UnkeyedNodeEncodingContainer: UnkeyedEncodingContainer {
    let box: SequenceBox
    let encoder: NodeEncoder

    var codingPath: [any CodingKey] { encoder.codingPath }
    var count: Int { box.elements.count }

    mutating func encodeNil() { box.elements.append { .null } }

    mutating func encode<T: Encodable>(_ value: T) throws {
        let node = try NodeEncoder.encode(value, at: codingPath + [NodeKey(count)])
        box.elements.append { node }
    }

    mutating func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        nested().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { nested().unkeyedContainer() }
    mutating func superEncoder() -> any Encoder { nested() }

    private func nested() -> NodeEncoder {
        let nested = NodeEncoder(at: codingPath + [NodeKey(count)])
        box.elements.append { nested.node }
        return nested
    }
}

struct SingleNodeEncodingContainer: SingleValueEncodingContainer {
    let encoder: NodeEncoder

    var codingPath: [any CodingKey] { encoder.codingPath }

    mutating func encodeNil() { encoder.set(.null) }

    mutating func encode<T: Encodable>(_ value: T) throws {
        encoder.set(try NodeEncoder.encode(value, at: codingPath))
    }
}
