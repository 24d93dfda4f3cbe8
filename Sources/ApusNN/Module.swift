import ApusTorch

/// A piece of a network: parameters, buffers and the pieces it is built of, each by the name PyTorch gives it.
///
/// A subclass lists what it holds in `children`, `localParameters` and `localBuffers`; names, counting, loading and
/// training mode follow from them. One thread at a time uses a module.
open class Module {
    public typealias Named = (name: String, tensor: Tensor)

    /// Whether batch statistics are learned. `setTraining` sets it for a whole tree.
    public private(set) var isTraining = true

    public init() {}

    /// The modules this one is built of, in the order in which PyTorch would register them.
    open var children: [(name: String, module: Module)] { [] }
    /// The tensors that an optimizer changes, without those of the children.
    open var localParameters: [Named] { [] }
    /// The tensors that are kept and saved but not optimized, without those of the children.
    open var localBuffers: [Named] { [] }

    /// Whether `setTraining` leaves this module in evaluation mode, as frozen normalizations want.
    public final var staysInEvaluation = false {
        didSet { if staysInEvaluation { isTraining = false } }
    }

    public final func setTraining(_ isTraining: Bool) {
        self.isTraining = isTraining && !staysInEvaluation
        for child in children { child.module.setTraining(isTraining) }
    }

    /// This module and all below it, depth first, by path (`""` is this one).
    public final func modules(path: String = "") -> [(path: String, module: Module)] {
        [(path, self)] + children.flatMap { $0.module.modules(path: path.isEmpty ? $0.name : path + "." + $0.name) }
    }

    /// All parameters by full name, such as `model.0.conv.weight`.
    public final var parameters: [Named] { collect(\.localParameters) }
    public final var buffers: [Named] { collect(\.localBuffers) }

    /// How many numbers the parameters hold together.
    public final var parameterCount: Int { parameters.reduce(0) { $0 + $1.tensor.count } }

    private func collect(_ list: (Module) -> [Named]) -> [Named] {
        modules().flatMap { path, module in
            list(module).map { (path.isEmpty ? $0.name : path + "." + $0.name, $0.tensor) }
        }
    }

    public final func clearGradients() {
        for parameter in parameters { parameter.tensor.clearGradient() }
    }

    /// The module's own tensors (not copies), parameters and buffers of each module together, as PyTorch orders them.
    public final func stateDictionary() -> StateDictionary {
        collect { $0.localParameters + $0.localBuffers }.reduce(into: StateDictionary()) { $0[$1.name] = $1.tensor }
    }

    /// Copies values into this module's tensors by name.
    ///
    /// Strict loading throws before it changes anything unless names and shapes agree one to one. Otherwise tensors of
    /// another shape are skipped, which lets a head with another number of classes start anew.
    @discardableResult
    public final func load(_ state: StateDictionary, strict: Bool = true) throws(TorchError) -> LoadReport {
        let own = stateDictionary()
        let report = LoadReport(own: own, given: state)
        if strict && !report.isComplete { throw .state("the weights do not fit the model: \(report)") }
        for name in report.loaded { own[name]!.assign(state[name]!) }
        return report
    }
}

/// What loading a state dictionary did, name by name.
public struct LoadReport: Equatable, Sendable, CustomStringConvertible {
    public var loaded: [String] = []
    /// Names that both have, with shapes that differ.
    public var mismatched: [String] = []
    /// Names that only the module has.
    public var missing: [String] = []
    /// Names that only the dictionary has.
    public var unknown: [String] = []

    public var isComplete: Bool { mismatched.isEmpty && missing.isEmpty && unknown.isEmpty }

    init(own: StateDictionary, given: StateDictionary) {
        for (name, tensor) in own {
            guard let value = given[name] else {
                missing.append(name)
                continue
            }
            if value.shape == tensor.shape { loaded.append(name) } else { mismatched.append(name) }
        }
        unknown = given.names.filter { own[$0] == nil }
    }

    public var description: String {
        let parts = [("of another shape", mismatched), ("missing", missing), ("unknown", unknown)]
        let problems = parts.filter { !$0.1.isEmpty }.map { "\($0.1.count) \($0.0) (\(LoadReport.list($0.1)))" }
        return (["\(loaded.count) tensors loaded"] + problems).joined(separator: ", ")
    }

    private static func list(_ names: [String]) -> String {
        names.prefix(3).joined(separator: ", ") + (names.count > 3 ? ", …" : "")
    }
}

/// Modules called one after another, named `0`, `1`, ….
public final class ModuleList: Module {
    public let elements: [Module]

    public init(_ elements: [Module]) { self.elements = elements }

    public override var children: [(name: String, module: Module)] {
        elements.enumerated().map { (String($0.offset), $0.element) }
    }
}
