/// The names that a graph's nodes can read: those of the graph, and those of the graphs around it.
///
/// An inner graph's scope holds its own names alone: a model of many small subgraphs costs what its file is long.
final class Scope {
    private var names: Set<String>
    private let outer: Scope?

    init(_ names: some Sequence<String>, within outer: Scope? = nil) {
        (self.names, self.outer) = (Set(names), outer)
    }

    func contains(_ name: String) -> Bool { names.contains(name) || outer?.contains(name) ?? false }

    /// Whether `name` is new.
    func insert(_ name: String) -> Bool {
        guard !contains(name) else { return false }
        names.insert(name)
        return true
    }
}

extension Graph {
    /// What can be read before the first node has run.
    func scope(within outer: Scope? = nil) -> Scope { Scope(inputs.map(\.name) + constantNames, within: outer) }
}
