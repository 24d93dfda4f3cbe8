import ApusConfiguration
import ApusCore

// A pipeline is written as a list of its parts, as `Compose`'s parameters, as Albumentations' document, or as the path
// of a file that holds one of these:
//
//     transforms: [HorizontalFlip, {Affine: {rotate: [-10, 10]}}]
//     transforms: {transforms: […], bbox_params: {min_visibility: 0.1}, p: 0.9}
//     transforms: augmentation.json

extension Pipeline: Codable {
    public init(from decoder: any Decoder) throws {
        let node = try YAMLNode(from: decoder)
        if let file = node.text {
            let folder = CodingUserInfoKey.configurationFolder.flatMap { decoder.userInfo[$0] as? String } ?? "."
            try self.init(contentsOf: file.hasPrefix("/") ? file : "\(folder)/\(file)")
        } else {
            let path = decoder.codingPath.reduce("") { $0.isEmpty ? $1.stringValue : "\($0).\($1.stringValue)" }
            try self.init(reading: node, path: path)
        }
    }

    public func encode(to encoder: any Encoder) throws { try document(.short).encode(to: encoder) }

    /// Reads a file of YAML or JSON: Apus's own, or what Albumentations' `save` wrote.
    public init(contentsOf path: String) throws(ConfigurationError) {
        try self.init(reading: YAMLReader.read(path: path), path: "")
    }

    /// Reads text of YAML or JSON.
    ///
    /// - Parameter name: what error messages call it.
    public init(_ text: String, name: String) throws(ConfigurationError) {
        try self.init(reading: YAMLReader.read(text, name: name), path: "")
    }
}

extension Pipeline {
    init(reading node: YAMLNode, path: String) throws(ConfigurationError) {
        if let document = node["transform"], node[NamedNode.classKey] == nil, node["transforms"] == nil {
            try Self.checkDocument(node)
            try self.init(readingClass: document, path: path.isEmpty ? "transform" : path + ".transform")
        } else if node[NamedNode.classKey] != nil {
            try self.init(readingClass: node, path: path)
        } else if let entries = node.entries {
            try self.init(reading: entries, at: node.position, path: path)
        } else {
            self.init(try PipelineNode.list(node, path: path))
        }
        try check(at: node.position, path: path)
    }

    private static func checkDocument(_ node: YAMLNode) throws(ConfigurationError) {
        guard let other = node.entries?.first(where: { $0.key != "transform" && $0.key != "__version__" }) else {
            return
        }
        throw ConfigurationError(
            .unknownKey, at: other.position, problem: "unknown key '\(other.key.prefix(60))'",
            remedy: "known keys: __version__, transform")
    }

    /// A class at the top: a composition has its parameters, anything else is a pipeline of one part.
    private init(readingClass node: YAMLNode, path: String) throws(ConfigurationError) {
        let named = try NamedNode(node)
        if named.name == "Compose" || named.name == "ReplayCompose" {
            try self.init(reading: named.entries, at: named.position, path: path)
            if named.name == "ReplayCompose" { group.kind = .replayCompose }
        } else {
            self.init([try PipelineNode(reading: node, path: path)])
        }
    }

    private init(
        reading entries: [YAMLEntry], at position: SourcePosition, path: String
    ) throws(ConfigurationError) {
        self.init([])
        var parameters = Parameters(reading: entries, at: position, path: path)
        try bind(&parameters)
        try parameters.bindUnusedByPipelines()
        try parameters.finish()
        try overrideMaskResampling()
    }

    private mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try group.bind(&parameters)
        try parameters.part("bbox_params", &boxes) { (boxes, parameters) throws(ConfigurationError) in
            var value = boxes ?? BoxParameters()
            try value.bind(&parameters)
            boxes = value
        }
        try parameters.part("keypoint_params", &keypoints) {
            (keypoints, parameters) throws(ConfigurationError) in
            var value = keypoints ?? KeypointParameters()
            try value.bind(&parameters)
            keypoints = value
        }
        try parameters.flag("is_check_shapes", &checksShapes)
        try parameters.code("mask_interpolation", &maskResampling)
        try parameters.integer("seed", &seed)
    }

    /// What several parts together may not be.
    private func check(at position: SourcePosition, path: String) throws(ConfigurationError) {
        let mixing = group.nodes.count { $0.mixes }
        guard mixing > Self.maximumMixing || group.nodes.reduce(0, { $0 + $1.count }) > Self.maximumNodes else {
            return
        }
        let problem =
            mixing > Self.maximumMixing
            ? "\(mixing) parts in a row mix samples, at most \(Self.maximumMixing)"
            : "more than \(Self.maximumNodes) transforms"
        throw ConfigurationError(.invalidValue, at: position, keyPath: path, problem: problem)
    }

    /// Each takes its partners through those before it: four mosaics in a row are 256 images.
    private static let maximumMixing = 3
    private static let maximumNodes = 10_000
}

extension Parameters {
    /// A mapping with parameters of its own; `null` is `nil`.
    mutating func part<Value>(
        _ key: String, _ value: inout Value?,
        bind: (inout Value?, inout Parameters) throws(ConfigurationError) -> Void
    ) throws(ConfigurationError) {
        var result = value
        try self.value(
            key,
            read: { node throws(ConfigurationError) in
                result = nil
                if node.isNull { return }
                guard let entries = node.entries else { throw node.invalid("expected a mapping (key: value)") }
                var parameters = Parameters(reading: entries, at: node.position, path: "")
                try bind(&result, &parameters)
                try parameters.finish()
            },
            write: {
                guard result != nil else { return .nothing }
                var (copy, parameters) = (result, Parameters())
                writing { () throws(ConfigurationError) in try bind(&copy, &parameters) }
                return YAMLNode(.mapping(parameters.written))
            })
        value = result
    }
}

// MARK: - Writing

extension Pipeline {
    /// How a pipeline is written.
    public enum Style: Sendable {
        /// For people: names as keys.
        case short
        /// What Albumentations' `load` reads.
        case albumentations
    }

    /// The pipeline as Albumentations' `load(data_format="json")` reads it.
    public func albumentationsJSON() throws -> String { try Configuration.encodeJSON(document(.albumentations)) }

    /// The pipeline as YAML: for an experiment's file, or as Albumentations' `load(data_format="yaml")` reads it.
    public func yaml(_ style: Style = .short) -> String { YAMLWriter.text(of: document(style)) }

    func document(_ style: Style) -> YAMLNode {
        var (pipeline, parameters) = (self, Parameters())
        writing { () throws(ConfigurationError) in try pipeline.bind(&parameters) }
        guard style == .albumentations else { return YAMLNode(.mapping(parameters.written.map(shortened))) }
        // Albumentations never writes these two itself, and its ReplayCompose does not take them.
        let written = parameters.written.filter { entry in
            !["mask_interpolation", "seed"].contains(entry.key) || !entry.value.isNull && group.kind == .compose
        }
        let own = [YAMLEntry(NamedNode.classKey, .text(group.kind.name))] + written
        let version = YAMLEntry("__version__", .text("2.0.8"))
        return YAMLNode(.mapping([version, YAMLEntry("transform", YAMLNode(.mapping(own)))]))
    }

    private func shortened(_ entry: YAMLEntry) -> YAMLEntry {
        entry.key == "transforms" ? YAMLEntry(entry.key, .list(group.nodes.map(\.short))) : entry
    }
}

extension Pipeline: Equatable {
    /// Whether both are written alike.
    public static func == (a: Pipeline, b: Pipeline) -> Bool { a.document(.short) == b.document(.short) }
}

// MARK: - Masks

extension Pipeline {
    private mutating func overrideMaskResampling() throws(ConfigurationError) {
        guard let maskResampling else { return }
        group = try group.resamplingMasks(by: maskResampling)
    }
}

extension PipelineGroup {
    /// The same with `mask_interpolation` set wherever there is one.
    fileprivate func resamplingMasks(by resampling: Resampling) throws(ConfigurationError) -> PipelineGroup {
        var result = self
        for (index, node) in nodes.enumerated() {
            switch node {
            case .group(let group): result.nodes[index] = .group(try group.resamplingMasks(by: resampling))
            case .step(let step): result.nodes[index] = .step(try step.resamplingMasks(by: resampling))
            }
        }
        return result
    }
}

extension TransformStep {
    fileprivate func resamplingMasks(by resampling: Resampling) throws(ConfigurationError) -> TransformStep {
        var entries = parameters()
        guard let index = entries.firstIndex(where: { $0.key == "mask_interpolation" }) else { return self }
        entries[index].value = .integer(resampling.rawValue)
        return try TransformStep(name: type(of: transform).name, entries: entries, at: .standard, path: "")
    }
}
