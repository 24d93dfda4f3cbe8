import ApusConfiguration
import ApusCore

/// A dataset that went into a run.
public struct DatasetInput: Equatable, Sendable {
    public var name: String
    /// At most 36 characters identify the content; a longer digest is cut, the whole one kept in the profile.
    public var digest: String
    /// `local` for files.
    public var sourceType: String
    /// JSON, such as `{"uri": "/data/x"}`.
    public var source: String
    /// JSON or nothing.
    public var schema: String?
    public var profile: String?
    /// What it was used for: `training`, `validation`, `test`.
    public var context: String?
    public var tags: [String: String] = [:]

    /// - Parameter source: a path or URI, or a JSON object as it is to be stored.
    public init(
        name: String, digest: String, source: String, sourceType: String = "local", context: String? = nil,
        schema: String? = nil, profile: String? = nil, tags: [String: String] = [:]
    ) {
        self.name = name
        self.digest = String(digest.prefix(36))
        self.source = source.hasPrefix("{") ? source : "{\"uri\": \(YAMLWriter.quoted(source))}"
        self.sourceType = sourceType
        self.context = context
        self.schema = schema
        self.profile = profile ?? (digest.count > 36 ? "{\"digest\": \(YAMLWriter.quoted(digest))}" : nil)
        self.tags = tags
    }
}

extension Run {
    /// Records that a dataset went into this run.
    public func logDataset(
        name: String, digest: String, source: String, sourceType: String = "local", context: String = "training"
    ) throws(TrackingError) {
        try log(
            dataset: DatasetInput(
                name: name, digest: digest, source: source, sourceType: sourceType, context: context))
    }

    public func log(dataset: DatasetInput) throws(TrackingError) {
        guard !dataset.name.isEmpty, dataset.name.unicodeScalars.count <= 500 else {
            throw .invalidName(dataset.name, problem: "a dataset's name has 1 to 500 characters")
        }
        guard !dataset.digest.isEmpty else { throw .invalidName(dataset.digest, problem: "a digest is not empty") }
        let id = md5(dataset.name + dataset.digest)
        try install(datasetMeta(dataset), inFolder: "\(FileSystem.folder(of: folder))/datasets/\(id)")
        var tags = dataset.tags.mapValues { MetaValue.text($0) }
        tags["mlflow.data.context"] = dataset.context.map { .text($0) }
        let input = MetaFile(
            path: "meta.yaml",
            [
                "destination_id": .text(id), "destination_type": "RUN", "source_id": .text(id),
                "source_type": "DATASET", "tags": .mapping(tags),
            ])
        try install(input, inFolder: "\(folder)/inputs/\(md5(id + self.id))")
    }

    /// The datasets that went into this run.
    public func datasets() throws(TrackingError) -> [DatasetInput] {
        var datasets = [DatasetInput]()
        for name in (try? FileSystem.names(in: folder + "/inputs")) ?? [] {
            let input = try MetaFile(path: "\(folder)/inputs/\(name)/meta.yaml")
            guard input.optionalText("source_type") != "MODEL" else { continue }
            let id = try input.text("source_id")
            let meta = try MetaFile(path: "\(FileSystem.folder(of: folder))/datasets/\(id)/meta.yaml")
            var tags = [String: String]()
            for entry in input["tags"]?.entries ?? [] { tags[entry.key] = entry.value.text ?? "" }
            datasets.append(try DatasetInput(meta, tags: tags))
        }
        return datasets.sorted { ($0.name, $0.digest) < ($1.name, $1.digest) }
    }

    private func datasetMeta(_ dataset: DatasetInput) -> MetaFile {
        MetaFile(
            path: "meta.yaml",
            [
                "digest": .text(dataset.digest), "name": .text(dataset.name), "profile": MetaValue(dataset.profile),
                "schema": MetaValue(dataset.schema), "source": .text(dataset.source),
                "source_type": .text(dataset.sourceType),
            ])
    }

    /// Puts a folder with one `meta.yaml` in place unless it is there.
    func install(_ meta: MetaFile, inFolder path: String) throws(TrackingError) {
        guard !FileSystem.isFolder(path) else { return }
        let staged = try store.staging.uniquePath()
        try onFiles { () throws(FileError) in
            try FileSystem.createFolder(staged)
            try FileSystem.createFolder(FileSystem.folder(of: path))
        }
        try store.write(meta.text, to: staged + "/meta.yaml")
        do throws(TrackingError) {
            try store.staging.install(staged, at: path)
        } catch {
            // Another thread recorded the same.
            guard FileSystem.isFolder(path) else { throw error }
        }
    }
}

extension DatasetInput {
    fileprivate init(_ meta: MetaFile, tags: [String: String]) throws(TrackingError) {
        self.init(
            name: try meta.text("name"), digest: try meta.text("digest"), source: "{}",
            sourceType: meta.optionalText("source_type") ?? "local", context: tags["mlflow.data.context"],
            schema: meta.optionalText("schema"), profile: meta.optionalText("profile"),
            tags: tags.filter { $0.key != "mlflow.data.context" })
        source = try meta.text("source")
    }
}
