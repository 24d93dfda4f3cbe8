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
    /// Constant texts by name.
    public var stringInitializers: [String: StringArray] = [:]
    /// Constants of which the file has the elements that are not zero.
    public var sparseInitializers: [String: SparseArray] = [:]
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
    public var requiredInputs: [ValueInfo] { inputs.filter { !isConstant($0.name) } }

    /// Whether `name` is a constant of any kind.
    public func isConstant(_ name: String) -> Bool {
        initializers[name] != nil || stringInitializers[name] != nil || sparseInitializers[name] != nil
    }

    /// The names of constants of all kinds.
    public var constantNames: [String] {
        Array(initializers.keys) + stringInitializers.keys + sparseInitializers.keys
    }
}
