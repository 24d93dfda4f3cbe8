/// What a pickle builds. Everything that holds other values is a node of a heap, so that neither cycles nor a million
/// lists within lists trouble whoever frees them.
enum PickleValue: Equatable {
    case none
    case bool(Bool)
    case integer(Int)
    /// An integer of more than 64 bits: its two's complement, little-endian.
    case wideInteger([UInt8])
    case float(Double)
    case text(String)
    case bytes([UInt8])
    /// An index into the heap.
    case node(Int)

    var text: String? { if case .text(let text) = self { text } else { nil } }
    var integer: Int? { if case .integer(let value) = self { value } else { nil } }

    /// A dictionary's key as a part of a tensor's name.
    var namePart: String? {
        switch self {
        case .text(let text): text
        case .integer(let value): String(value)
        default: nil
        }
    }

    /// What it is, for messages.
    var kindName: String {
        switch self {
        case .none: "None"
        case .bool: "a bool"
        case .integer, .wideInteger: "an integer"
        case .float: "a float"
        case .text(let text): "the text '\(text.prefix(40))'"
        case .bytes: "bytes"
        case .node: "an object"
        }
    }
}

/// A class or function that a pickle names. Nothing here ever calls one.
struct PickleName: Hashable, CustomStringConvertible {
    var module: String
    var name: String
    var description: String { module.isEmpty ? name : module + "." + name }
}

struct PickleNode {
    enum Kind {
        case list, tuple, set, dictionary
        case global(PickleName)
        /// What an unknown class or function was asked to make: kept as data.
        case record(PickleName, arguments: PickleValue)
        case storage(StorageReference)
        case tensor(TensorReference)
    }

    var kind: Kind
    /// Of lists, tuples and sets, and what was appended to a record.
    var items: [PickleValue] = []
    /// Of dictionaries, and what was set in a record.
    var entries: [(key: PickleValue, value: PickleValue)] = []
    /// What `BUILD` gave: an object's attributes.
    var state = PickleValue.none
}

/// The nodes of one file's pickles.
struct PickleHeap {
    private(set) var nodes: [PickleNode] = []

    subscript(index: Int) -> PickleNode {
        get { nodes[index] }
        _modify { yield &nodes[index] }
    }

    mutating func add(_ node: PickleNode) -> PickleValue {
        nodes.append(node)
        return .node(nodes.count - 1)
    }

    func node(_ value: PickleValue) -> PickleNode? {
        if case .node(let index) = value { nodes[index] } else { nil }
    }

    func tuple(_ value: PickleValue) -> [PickleValue]? {
        guard let node = node(value), case .tuple = node.kind else { return nil }
        return node.items
    }

    /// The elements of a list, tuple or set.
    func sequence(_ value: PickleValue) -> [PickleValue]? {
        guard let node = node(value) else { return nil }
        switch node.kind {
        case .list, .tuple, .set: return node.items
        default: return nil
        }
    }

    func global(_ value: PickleValue) -> PickleName? {
        guard let node = node(value), case .global(let name) = node.kind else { return nil }
        return name
    }

    /// The last value under `key` of a dictionary.
    func value(_ key: String, in dictionary: PickleValue) -> PickleValue? {
        guard let node = node(dictionary), case .dictionary = node.kind else { return nil }
        return node.entries.last { $0.key == .text(key) }?.value
    }

    func integers(_ value: PickleValue) -> [Int]? {
        guard let items = sequence(value) else { return nil }
        let numbers = items.compactMap(\.integer)
        return numbers.count == items.count ? numbers : nil
    }
}
