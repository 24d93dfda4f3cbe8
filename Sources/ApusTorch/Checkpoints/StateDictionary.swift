import ApusCore

/// Tensors by name, in the order in which they were added.
public struct StateDictionary: Sendable {
    public private(set) var names: [String] = []
    private var tensors: [String: Tensor] = [:]

    public init() {}

    public var count: Int { names.count }

    public subscript(name: String) -> Tensor? {
        get { tensors[name] }
        set {
            if newValue == nil { names.removeAll { $0 == name } } else if tensors[name] == nil { names.append(name) }
            tensors[name] = newValue
        }
    }

    /// Adds the tensors of `other` under `prefix`.
    public mutating func merge(_ other: StateDictionary, prefix: String = "") {
        for (name, tensor) in other { self[prefix + name] = tensor }
    }

    /// The tensors whose names begin with `prefix`, without it.
    public func dropping(prefix: String) -> StateDictionary {
        reduce(into: StateDictionary()) { part, entry in
            if entry.name.hasPrefix(prefix) { part[String(entry.name.dropFirst(prefix.count))] = entry.tensor }
        }
    }

    /// Copies that later training does not change.
    public func cloned() -> StateDictionary {
        reduce(into: StateDictionary()) { $0[$1.name] = $1.tensor.detached().clone() }
    }
}

extension StateDictionary: Sequence {
    public func makeIterator() -> AnyIterator<(name: String, tensor: Tensor)> {
        var index = 0
        return AnyIterator {
            guard index < names.count else { return nil }
            defer { index += 1 }
            return (names[index], tensors[names[index]]!)
        }
    }
}
