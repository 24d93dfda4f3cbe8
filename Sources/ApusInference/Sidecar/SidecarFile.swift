import ApusConfiguration
import ApusCore
import ApusVision

/// The keys of a sidecar whose `decode` block is of one format.
private struct SidecarFile<Format: OutputFormat>: Defaulted {
    var preprocess = Preprocessing()
    var decode = Format()
    var thresholds = Thresholds()
    var labels = Labels()
    var keypoints: KeypointLayout?

    static var requiredKeys: Set<String> { ["decode"] }

    init() {}

    init(_ sidecar: Sidecar, _ format: Format) {
        (preprocess, decode, thresholds) = (sidecar.preprocess, format, sidecar.thresholds)
        (labels, keypoints) = (Labels(sidecar.labels), sidecar.keypoints)
    }

    var sidecar: Sidecar {
        Sidecar(
            preprocess: preprocess, decode: decode, thresholds: thresholds, labels: labels.names, keypoints: keypoints)
    }
}

extension Sidecar {
    /// Reads a sidecar; a file of labels that it names is relative to its folder.
    public init(contentsOf path: String) throws(ConfigurationError) {
        try self.init(YAMLReader.read(path: path), folder: Configuration.folder(of: path))
    }

    /// - Parameters:
    ///   - name: what errors call the text.
    ///   - folder: what relative paths in it start from.
    public init(text: String, name: String, folder: String = ".") throws(ConfigurationError) {
        try self.init(YAMLReader.read(text, name: name), folder: folder)
    }

    private init(_ root: YAMLNode, folder: String) throws(ConfigurationError) {
        guard let node = root["decode"]?["format"] else {
            throw ConfigurationError(
                .missingKey, at: root["decode"]?.position ?? root.position, keyPath: "decode.format",
                problem: "this key is missing", remedy: "say one of \(FormatName.list)")
        }
        let name = try Configuration.decode(FormatName.self, node: node, folder: folder)
        self = try Self.read(name.format, root, folder)
    }

    private static func read<Format: OutputFormat>(
        _ format: Format.Type, _ root: YAMLNode, _ folder: String
    ) throws(ConfigurationError) -> Sidecar {
        try Configuration.decode(SidecarFile<Format>.self, node: root, folder: folder).sidecar
    }

    /// Whether the YAML file at `path` has a sidecar's keys; other tools put YAML beside models too.
    static func isLikely(at path: String) -> Bool {
        guard let root = try? YAMLReader.read(path: path) else { return true }
        return root["decode"] != nil || root["preprocess"] != nil
    }

    /// YAML that reads back as this: every key stated.
    public func yaml() throws(ConfigurationError) -> String { try Self.text(of: self, decode) }

    private static func text<Format: OutputFormat>(
        of sidecar: Sidecar, _ format: Format
    ) throws(ConfigurationError) -> String {
        try Configuration.encode(SidecarFile(sidecar, format))
    }
}
