/// The tensors within an unpickled value, by the names that `state_dict()` would give them.
///
/// - A module (an object with `_parameters`, `_buffers` and `_modules`) gives its own and its children's tensors.
/// - A dictionary gives those of its values, under its keys; a list, under positions; another object, under attributes.
struct TensorTree {
    private let heap: PickleHeap
    private let limits: ReadingLimits
    private var visits = 0, nameBytes = 0
    /// The nodes above the one being visited: a cycle is not followed.
    private var path: Set<Int> = []
    private var found: [Found] = []

    /// A tensor by its name; `nil` for one of a kind that is not read, such as a sparse one.
    typealias Found = (name: String, tensor: TensorReference?)

    private init(_ heap: PickleHeap, _ limits: ReadingLimits) { (self.heap, self.limits) = (heap, limits) }

    /// All tensors under `value`, in order; those under the `skipped` keys of `value` itself are left out.
    static func tensors(
        in value: PickleValue, of heap: PickleHeap, limits: ReadingLimits, skipping skipped: Set<String> = []
    ) throws(CheckpointError) -> [Found] {
        var tree = TensorTree(heap, limits)
        try tree.visit(value, name: "", skipping: skipped)
        return tree.found
    }

    private mutating func visit(
        _ value: PickleValue, name: String, skipping skipped: Set<String> = []
    ) throws(CheckpointError) {
        guard case .node(let index) = value else { return }
        (visits, nameBytes) = (visits + 1, nameBytes + name.utf8.count)
        guard visits <= limits.visits, nameBytes <= limits.nameBytes, path.count < limits.depth else {
            throw CheckpointError(
                expected: "tensors within \(limits.depth) levels and \(limits.visits) objects", found: "more",
                remedy: "save a model's state_dict()")
        }
        guard path.insert(index).inserted else { return }
        defer { path.remove(index) }
        let node = heap[index]
        switch node.kind {
        case .tensor(let tensor): found.append((name, tensor))
        case .dictionary: try visit(node.entries, name, skipping: skipped)
        case .list, .tuple, .set:
            for (position, item) in node.items.enumerated() { try visit(item, name: join(name, String(position))) }
        case .record(let function, _) where function.isRebuilding: found.append((name, nil))
        case .record: try visitAttributes(node, name)
        case .global, .storage: break
        }
    }

    private mutating func visit(
        _ entries: [(key: PickleValue, value: PickleValue)], _ name: String, skipping skipped: Set<String> = []
    ) throws(CheckpointError) {
        for (key, value) in entries {
            guard let part = key.namePart, !skipped.contains(part) else { continue }
            try visit(value, name: join(name, part))
        }
    }

    private mutating func visitAttributes(_ node: PickleNode, _ name: String) throws(CheckpointError) {
        try visit(node.entries, name)
        // Classes with slots have two dictionaries.
        for state in heap.tuple(node.state) ?? [node.state] {
            guard case .node(let index) = state, case .dictionary = heap[index].kind else { continue }
            if heap.value("_modules", in: state) != nil || heap.value("_parameters", in: state) != nil {
                try visitModule(state, name)
            } else {
                try visit(state, name: name)
            }
        }
    }

    /// A module's attributes: parameters, then buffers, then what it is built of, as PyTorch orders them.
    private mutating func visitModule(_ state: PickleValue, _ name: String) throws(CheckpointError) {
        let passing = heap.value("_non_persistent_buffers_set", in: state).flatMap { heap.sequence($0) } ?? []
        for group in ["_parameters", "_buffers", "_modules"] {
            guard let value = heap.value(group, in: state) else { continue }
            let skipped = group == "_buffers" ? Set(passing.compactMap(\.text)) : []
            try visit(value, name: name, skipping: skipped)
        }
    }

    private func join(_ name: String, _ part: String) -> String { name.isEmpty ? part : name + "." + part }
}

extension PickleName {
    /// Whether this is one of PyTorch's functions that make tensors.
    fileprivate var isRebuilding: Bool { module == "torch._utils" && name.hasPrefix("_rebuild") }
}
