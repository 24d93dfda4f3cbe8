import ApusConfiguration

// A part of a pipeline is written in one of three ways:
//
//     HorizontalFlip                                    its name, with every default
//     Affine: {rotate: [-10, 10], p: 0.5}               its name and its parameters; a group's may be its parts alone
//     {__class_fullname__: Affine, rotate: …, p: 0.5}   as Albumentations writes it

/// A part's name and what is written beside it.
struct NamedNode {
    var name: String
    var position: SourcePosition
    var entries: [YAMLEntry]

    static let classKey = "__class_fullname__"

    init(_ node: YAMLNode) throws(ConfigurationError) {
        position = node.position
        if let text = node.text {
            (name, entries) = (text, [])
        } else if let full = node[Self.classKey]?.text {
            name = Self.shortened(full)
            entries = (node.entries ?? []).filter { $0.key != Self.classKey }
        } else if let entry = node.entries?.first, node.entries?.count == 1 {
            (name, position) = (entry.key, entry.position)
            entries = try Self.parameters(entry.value)
        } else {
            throw node.invalid(
                "expected a transform's name, or a mapping with the name as its only key",
                remedy: "write `- HorizontalFlip: {p: 0.5}`")
        }
    }

    private static func parameters(_ value: YAMLNode) throws(ConfigurationError) -> [YAMLEntry] {
        if value.isNull { return [] }
        if let entries = value.entries { return entries }
        guard value.elements != nil else { throw value.invalid("expected parameters (key: value)") }
        return [YAMLEntry("transforms", value, at: value.position)]
    }

    /// `HorizontalFlip` for `albumentations.augmentations.geometric.HorizontalFlip`.
    private static func shortened(_ name: String) -> String {
        guard name.hasPrefix("albumentations."), let dot = name.lastIndex(of: ".") else { return name }
        return String(name[name.index(after: dot)...])
    }
}

extension PipelineNode {
    /// - Parameter path: what error messages call the place, such as `transforms[2]`.
    init(reading node: YAMLNode, path: String) throws(ConfigurationError) {
        let named = try NamedNode(node)
        guard let kind = PipelineGroup.Kind.standard.first(where: { $0.name == named.name }) else {
            self = .step(
                try TransformStep(name: named.name, entries: named.entries, at: named.position, path: path))
            return
        }
        self = .group(try PipelineGroup(kind, reading: named, path: path))
    }

    /// The parts that a list names.
    static func list(_ node: YAMLNode, path: String) throws(ConfigurationError) -> [PipelineNode] {
        guard let elements = node.elements else { throw node.invalid("expected a list of transforms") }
        var result: [PipelineNode] = []
        for (index, element) in elements.enumerated() {
            result.append(try PipelineNode(reading: element, path: "\(path)[\(index)]"))
        }
        return result
    }
}

extension PipelineGroup {
    init(_ kind: Kind, reading named: NamedNode, path: String) throws(ConfigurationError) {
        var parameters = Parameters(reading: named.entries, at: named.position, path: path)
        self.init(kind, [])
        try bind(&parameters)
        try bindUnused(&parameters)
        try parameters.finish()
    }

    /// The parts, the probability and what the kind has beside them.
    mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        var parts = nodes
        try parameters.value(
            "transforms",
            read: { node throws(ConfigurationError) in
                parts = try PipelineNode.list(node, path: "")
            }, write: { .list(parts.map(\.albumentations)) })
        nodes = parts
        try bindPair(&parameters)
        try bindKind(&parameters)
        try parameters.number("p", &probability, in: 0...1)
    }

    /// `first` and `second` may stand for `transforms` where there is one or the other.
    private mutating func bindPair(_ parameters: inout Parameters) throws(ConfigurationError) {
        guard kind == .oneOrOther, nodes.isEmpty else { return }
        var parts: [PipelineNode] = []
        for key in ["first", "second"] {
            try parameters.value(
                key,
                read: { node throws(ConfigurationError) in
                    parts.append(try PipelineNode(reading: node, path: ""))
                }, write: { .nothing })
        }
        nodes = parts
    }

    private mutating func bindKind(_ parameters: inout Parameters) throws(ConfigurationError) {
        switch kind {
        case .someOf(var count, var repeats):
            try Self.bind(&parameters, &count, &repeats)
            kind = .someOf(count: count, repeats: repeats)
        case .randomOrder(var count, var repeats):
            try Self.bind(&parameters, &count, &repeats)
            kind = .randomOrder(count: count, repeats: repeats)
        case .selectiveChannels(var channels):
            try parameters.integers("channels", &channels, count: 1...4096, in: 0...65_535)
            guard Set(channels).count == channels.count else {
                throw parameters.problem("channels", "a channel stands twice")
            }
            guard !nodes.contains(where: \.mixes) else {
                throw parameters.problem("transforms", "other samples cannot take part in single channels")
            }
            kind = .selectiveChannels(channels)
        default: break
        }
    }

    private static func bind(
        _ parameters: inout Parameters, _ count: inout Int, _ repeats: inout Bool
    ) throws(ConfigurationError) {
        try parameters.integer("n", &count, in: 0...1000)
        try parameters.flag("replace", &repeats)
    }

    /// What Albumentations writes into every composition that may stand at the top, and means nothing below it.
    private func bindUnused(_ parameters: inout Parameters) throws(ConfigurationError) {
        guard kind == .compose || kind == .replayCompose else { return }
        for key in ["bbox_params", "keypoint_params"] {
            try parameters.value(
                key,
                read: { node throws(ConfigurationError) in
                    guard node.isNull else { throw node.invalid("only the outermost composition has these") }
                }, write: { .nothing })
        }
        try parameters.bindUnusedByPipelines()
    }
}

extension Parameters {
    /// Keys of Albumentations' that say how its Python call behaves; read, checked and passed over.
    mutating func bindUnusedByPipelines() throws(ConfigurationError) {
        try value(
            "additional_targets",
            read: { node throws(ConfigurationError) in
                guard node.isNull || node.entries?.isEmpty == true || node.elements?.isEmpty == true else {
                    throw node.invalid("no additional targets are known", remedy: "a sample's masks may be many")
                }
            }, write: { YAMLNode(.mapping([])) })
        var (text, flag) = ("replay", true)
        try self.text("save_key", &text)
        for key in ["strict", "save_applied_params"] { try self.flag(key, &flag) }
    }
}
