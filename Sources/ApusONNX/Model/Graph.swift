import ApusCore

/// Operators and the values that run between them.
public struct Graph: Equatable, Sendable {
    public var name: String
    /// In the order of the file; `sortedNodes()` gives one that can be executed.
    public var nodes: [Node]
    /// As declared: files before IR version 4 list their initializers here too (see `requiredInputs`).
    public var inputs: [ValueInfo]
    public var outputs: [ValueInfo]
    /// Constants by name; those of a mapped file borrow its bytes.
    public var initializers: [String: NDArray]
    /// Declared types of inner values, where the file has them.
    public var valueInfo: [ValueInfo]

    public init(
        name: String, nodes: [Node] = [], inputs: [ValueInfo] = [], outputs: [ValueInfo] = [],
        initializers: [String: NDArray] = [:], valueInfo: [ValueInfo] = []
    ) {
        (self.name, self.nodes, self.inputs, self.outputs) = (name, nodes, inputs, outputs)
        (self.initializers, self.valueInfo) = (initializers, valueInfo)
    }

    /// The inputs that a caller must give: those without an initializer.
    public var requiredInputs: [ValueInfo] { inputs.filter { initializers[$0.name] == nil } }
}
