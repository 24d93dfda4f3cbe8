import ApusConfiguration
import ApusCore

extension SourceFormat {
    /// The format that a file or folder looks like; `nil` where it looks like none.
    static func detect(_ path: String) -> SourceFormat? {
        FileSystem.isFolder(path) ? detect(folder: path) : detect(file: path)
    }

    private static func detect(file path: String) -> SourceFormat? {
        let name = path.lowercased()
        if name.hasSuffix(".json") { return .coco }
        if name.hasSuffix(".yaml") || name.hasSuffix(".yml") { return .yolo }
        return name.hasSuffix(".csv") ? table(path) : nil
    }

    private static func detect(folder: String) -> SourceFormat? {
        let names = (try? FileSystem.names(in: folder)) ?? []
        func has(_ names: String...) -> Bool { names.contains { FileSystem.isFolder(folder + "/" + $0) } }
        func holds(_ ending: String, in below: String) -> Bool {
            ((try? FileSystem.names(in: folder + "/" + below)) ?? []).contains { $0.hasSuffix(ending) }
        }
        if names.contains("data.yaml") { return .yolo }
        if holds(".xml", in: "Annotations") || holds(".xml", in: "annotations") { return .voc }
        if holds("_annotations.coco.json", in: "train") || holds(".json", in: "annotations") { return .coco }
        if names.contains(where: { $0.contains("-images") && $0.contains("ubyte") }) { return .idx }
        if has("masks", "SegmentationClass") { return .masks }
        if let name = names.first(where: { $0.hasSuffix(".csv") }) { return table(folder + "/" + name) }
        if names.contains(where: { $0.hasSuffix(".json") }) { return .coco }
        if names.contains(where: { $0.hasSuffix(".yaml") }) { return .yolo }
        return names.contains { FileSystem.isFolder(folder + "/" + $0) } ? .folders : nil
    }

    private static func table(_ path: String) -> SourceFormat {
        let start = (try? FileSystem.readText(path))?.prefix(1 << 16) ?? ""
        return start.hasPrefix("scorer") && start.contains("bodyparts") ? .keypoints : .csv
    }
}

/// A dataset that a command names: a dataset.yaml, or the images and labels themselves.
public struct NamedDataset: Sendable {
    public let description: DatasetDescription
    /// What errors call it.
    public let path: String
    /// The folder or file that is read.
    public let root: String

    /// - Parameters:
    ///   - path: a dataset.yaml, or a folder or label file of one of the formats.
    ///   - format: what `path` is, where it is no dataset.yaml; `nil`: as it looks.
    ///   - overrides: `key.path=value`, as for dataset.yaml.
    ///   - allowsOutside: label files may name images outside the dataset's folder.
    public init(
        _ path: String, format: SourceFormat? = nil, overrides: [String] = [], allowsOutside: Bool = false
    ) throws {
        self.path = path
        var description = try Self.description(path, format: format, overrides: overrides)
        if allowsOutside { description.source.outsidePaths = .allow }
        self.description = description
        root = try description.locateSource(path: path)
    }

    private static func description(
        _ path: String, format: SourceFormat?, overrides: [String]
    ) throws -> DatasetDescription {
        if format == nil, let file = descriptionFile(path) {
            return try DatasetDescription.read(file, overrides: overrides)
        }
        guard FileSystem.exists(path) else { throw DatasetError.file(FileError("open", path, code: 2)) }
        guard let format = format ?? SourceFormat.detect(path) else {
            throw DatasetError.unreadableSource(
                path: path, line: nil,
                reason: "of no known format (\(SourceFormat.allCases.map(\.rawValue).joined(separator: ", "))); name it"
            )
        }
        let name = stem(of: FileSystem.fileName(of: absolutePath(path)))
        let text =
            "name: \(YAMLWriter.quoted(name))\n"
            + "source: {format: \(format.rawValue), path: \(YAMLWriter.quoted(absolutePath(path)))}\n"
        return try Configuration.decode(
            DatasetDescription.self, node: try YAMLReader.read(text, name: path), folder: ".", overrides: overrides)
    }

    /// `path` itself, or the dataset.yaml in that folder, where it is one of ours: it has a source.
    private static func descriptionFile(_ path: String) -> String? {
        let file = FileSystem.isFolder(path) ? path + "/dataset.yaml" : path
        guard file.hasSuffix(".yaml") || file.hasSuffix(".yml"), FileSystem.exists(file),
            let node = try? YAMLReader.read(path: file)
        else { return nil }
        return node["source"] == nil && node["names"] != nil ? nil : file
    }

    func listing(threads: Int) throws(DatasetError) -> SourceListing {
        try description.source(at: root, threads: threads).listing()
    }
}
