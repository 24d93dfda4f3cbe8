import ApusCore
import ApusONNX

/// Numbers for the names of a graph's values.
struct SlotTable {
    private var slots: [String: Int] = [:]
    private(set) var values: [AnyValue?] = []

    init(_ graph: Graph) {
        for (name, array) in graph.initializers { add(name, .tensor(Value(array))) }
        for (name, texts) in graph.stringInitializers { add(name, .strings(Texts(texts))) }
    }

    subscript(name: String) -> Int {
        mutating get {
            if let slot = slots[name] { return slot }
            return add(name, nil)
        }
    }

    @discardableResult
    private mutating func add(_ name: String, _ value: AnyValue?) -> Int {
        slots[name] = values.count
        values.append(value)
        return values.count - 1
    }
}
