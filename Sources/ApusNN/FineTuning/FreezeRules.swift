import ApusTorch

/// Which parameters keep their values while the others are trained.
///
/// In files it is a number (the first layers), or a list of layers' numbers and of names, in which `*` and `?` stand for
/// others: `freeze: 10`, `freeze: [0, 1, 2]`, `freeze: [model.0.*, backbone]`.
public struct FreezeRules: Hashable, Sendable {
    /// Layers from the input on.
    public var firstLayers: Int
    /// Layers by their number in `Module.numberedLayers`.
    public var layers: [Int]
    /// Patterns for parameters' names, or for what they begin with.
    public var patterns: [String]

    public init(firstLayers: Int = 0, layers: [Int] = [], patterns: [String] = []) {
        (self.firstLayers, self.layers, self.patterns) = (firstLayers, layers, patterns)
    }

    public var isEmpty: Bool { firstLayers == 0 && layers.isEmpty && patterns.isEmpty }
}

extension FreezeRules: Codable {
    private enum Element: Codable {
        case layer(Int), pattern(String)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let layer = try? container.decode(Int.self) {
                self = .layer(layer)
            } else {
                self = .pattern(try container.decode(String.self))
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .layer(let layer): try container.encode(layer)
            case .pattern(let pattern): try container.encode(pattern)
            }
        }
    }

    public init(from decoder: any Decoder) throws {
        self.init()
        let container = try decoder.singleValueContainer()
        if let count = try? container.decode(Int.self) {
            firstLayers = count
            return
        }
        for element in try container.decode([Element].self) {
            switch element {
            case .layer(let layer): layers.append(layer)
            case .pattern(let pattern): patterns.append(pattern)
            }
        }
    }

    /// As a number where the rules are one; first layers beside others are spelled out.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if layers.isEmpty, patterns.isEmpty {
            try container.encode(firstLayers)
        } else {
            let numbers = Array(0..<max(firstLayers, 0)) + layers.filter { $0 >= firstLayers }
            try container.encode(numbers.map(Element.layer) + patterns.map(Element.pattern))
        }
    }
}

extension Module {
    /// Takes the parameters that `rules` name out of training, and leaves batch normalizations whose parameters are all
    /// among them in evaluation mode for good: their statistics stay too.
    ///
    /// Call it before the optimizer's groups are made.
    ///
    /// - Returns: the frozen parameters' names.
    /// - Throws: `TorchError.state` before anything changes, where a layer or a name is not there, or nothing is left.
    @discardableResult
    public final func freeze(_ rules: FreezeRules) throws(TorchError) -> [String] {
        guard !rules.isEmpty else { return [] }
        let frozen = try frozenNames(rules)
        let trained = parameters.filter { $0.tensor.requiresGradient && !frozen.contains($0.name) }
        guard !trained.isEmpty else {
            throw .state("freezing \(frozen.count) parameters leaves none to train; freeze fewer layers")
        }
        let named = parameters.filter { frozen.contains($0.name) }
        for parameter in named {
            parameter.tensor.requiresGradient = false
            parameter.tensor.clearGradient()
        }
        for (path, module) in modules() where module is BatchNorm2D {
            let own = module.localParameters.map { path.isEmpty ? $0.name : path + "." + $0.name }
            if own.allSatisfy(frozen.contains) { module.staysInEvaluation = true }
        }
        return named.map(\.name)
    }

    private func frozenNames(_ rules: FreezeRules) throws(TorchError) -> Set<String> {
        let layers = numberedLayers
        guard (0...layers.count).contains(rules.firstLayers), rules.layers.allSatisfy(layers.indices.contains) else {
            let wrong = rules.layers.first { !layers.indices.contains($0) } ?? rules.firstLayers
            throw .state("freeze: there is no layer \(wrong); the model has layers 0 to \(layers.count - 1)")
        }
        let indices = Array(0..<rules.firstLayers) + rules.layers
        var names: Set<String> = []
        for layer in indices.map({ layers[$0] }) {
            names.formUnion(layer.module.parameters.map { $0.name.isEmpty ? layer.path : layer.path + "." + $0.name })
        }
        for pattern in rules.patterns { names.formUnion(try parameterNames(matching: pattern, purpose: "freeze")) }
        return names
    }

    /// The parameters that a pattern means, one at least.
    final func parameterNames(matching pattern: String, purpose: String) throws(TorchError) -> [String] {
        let own = NamePattern(pattern)
        let names = parameters.map(\.name).filter(own.matches)
        guard names.isEmpty else { return names }
        let first = numberedLayers.prefix(3).map(\.path).joined(separator: ", ")
        throw .state("\(purpose): no parameter's name matches '\(pattern)'; the model's layers are \(first), …")
    }
}
