import ApusConfiguration

extension PipelineNode {
    /// As Albumentations writes it.
    var albumentations: YAMLNode {
        let (name, entries) = named
        return YAMLNode(.mapping([YAMLEntry(NamedNode.classKey, .text(name))] + entries))
    }

    /// The name as the only key.
    var short: YAMLNode {
        let (name, entries) = named
        let parts = entries.map { entry in
            guard entry.key == "transforms", case .group(let group) = self else { return entry }
            return YAMLEntry(entry.key, .list(group.nodes.map(\.short)))
        }
        return YAMLNode(.mapping([YAMLEntry(name, YAMLNode(.mapping(parts)))]))
    }

    private var named: (name: String, entries: [YAMLEntry]) {
        switch self {
        case .step(let step): (type(of: step.transform).name, step.parameters())
        case .group(let group): (group.kind.name, group.parameters())
        }
    }
}

extension PipelineGroup {
    /// Every parameter under its key.
    func parameters() -> [YAMLEntry] {
        var (group, parameters) = (self, Parameters())
        writing { () throws(ConfigurationError) in try group.bind(&parameters) }
        return parameters.written
    }
}

/// Writing asks nothing of a file, so that nothing can be wrong with it.
func writing(_ body: () throws(ConfigurationError) -> Void) {
    do {
        try body()
    } catch {
        preconditionFailure("a transform refuses its own parameters: \(error)")
    }
}
