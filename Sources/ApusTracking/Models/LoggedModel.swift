import ApusConfiguration
import ApusCore

/// A model that a run made: MLflow's link from a run to a folder with an `MLmodel` file.
public struct LoggedModel: Equatable, Sendable {
    public let id: String
    public let name: String
    public let experimentID: String
    public let runID: String?
    /// The folder with the model's files.
    public let location: String
    public let isReady: Bool
    let folder: String

    /// An id for a model that is yet to be logged: `m-` and 32 hexadecimal digits.
    public static func newID() -> String { Identifier.model() }

    init(folder: String) throws(TrackingError) {
        let meta = try MetaFile(path: folder + "/meta.yaml")
        id = try meta.text("model_id")
        name = try meta.text("name")
        experimentID = try meta.text("experiment_id")
        runID = meta.optionalText("source_run_id")
        location = localPath(ofURI: try meta.text("artifact_location")) ?? folder + "/artifacts"
        isReady = meta.optionalInteger("status") == 2
        self.folder = folder
    }

    public func tags() throws(TrackingError) -> [String: String] {
        try onFiles { () throws(FileError) in try KeyFolder(path: folder + "/tags").values() }
    }
}

extension Run {
    /// Records that this run made the model in `location`, a folder with an `MLmodel` file that names `id`.
    /// The files stay where they are.
    ///
    /// - Parameters:
    ///   - id: from `LoggedModel.newID()`, the same as in `MLmodel`.
    ///   - step: the training step that the weights are of.
    @discardableResult
    public func logModel(
        name: String, id: String, location: String, step: Int = 0, parameters: [String: String] = [:],
        tags: [String: String] = [:]
    ) throws(TrackingError) -> LoggedModel {
        try KeyRules.checkLoggedModelName(name)
        for key in Array(tags.keys) + Array(parameters.keys) { try KeyRules.checkKey(key) }
        let target = "\(FileSystem.folder(of: folder))/models/\(id)"
        let staged = try store.staging.uniquePath()
        for part in ["", "/metrics", "/artifacts"] {
            try onFiles { () throws(FileError) in try FileSystem.createFolder(staged + part) }
        }
        let meta = modelMeta(name: name, id: id, location: absolutePath(location))
        try store.write(meta.text, to: staged + "/meta.yaml")
        try store.writeValues(tags, in: KeyFolder(path: staged + "/tags"))
        try store.writeValues(parameters, in: KeyFolder(path: staged + "/params"))
        try onFiles { () throws(FileError) in try FileSystem.createFolder(FileSystem.folder(of: target)) }
        try store.staging.install(staged, at: target)
        try install(outputMeta(id, step: step), inFolder: "\(folder)/outputs/\(id)")
        return try LoggedModel(folder: target)
    }

    /// The models that this run made.
    public func models() throws(TrackingError) -> [LoggedModel] {
        var models = [LoggedModel]()
        for name in (try? FileSystem.names(in: folder + "/outputs")) ?? [] {
            models.append(try LoggedModel(folder: "\(FileSystem.folder(of: folder))/models/\(name)"))
        }
        return models
    }

    private func modelMeta(name: String, id: String, location: String) -> MetaFile {
        let now = MetaValue.integer(currentMilliseconds())
        return MetaFile(
            path: "meta.yaml",
            [
                "artifact_location": .text("file://\(location)"), "creation_timestamp": now,
                "experiment_id": .text(experimentID), "last_updated_timestamp": now, "model_id": .text(id),
                "model_type": nil, "name": .text(name), "source_run_id": .text(self.id), "status": 2,
                "status_message": nil,
            ])
    }

    private func outputMeta(_ id: String, step: Int) -> MetaFile {
        MetaFile(
            path: "meta.yaml",
            [
                "destination_id": .text(id), "destination_type": "MODEL_OUTPUT", "source_id": .text(id),
                "source_type": "RUN_OUTPUT", "step": .integer(Int64(step)), "tags": .mapping([:]),
            ])
    }
}

extension TrackingStore {
    /// The logged model with this id.
    public func loggedModel(id: String) throws(TrackingError) -> LoggedModel {
        if Identifier.isRunID(id) {
            let folders = experimentFolders(includingDeleted: false).map { "\($0)/models/\(id)" }
            if let folder = folders.first(where: { FileSystem.isFolder($0) }) { return try LoggedModel(folder: folder) }
        }
        throw .notFound("logged model \(id)", remedy: "check the id")
    }

    /// Tells a logged model which registered versions it became.
    func link(modelID: String, toVersion version: Int, of name: String) throws(TrackingError) {
        let tags = KeyFolder(path: try loggedModel(id: modelID).folder + "/tags")
        let key = "mlflow.modelVersions"
        let recorded = try onFiles { () throws(FileError) in try tags.value(of: key) } ?? "[]"
        let entry = "{\"name\": \(YAMLWriter.quoted(name)), \"version\": \(version)}"
        let isList = recorded.hasPrefix("[{") && recorded.hasSuffix("]")
        let text = isList ? "\(recorded.dropLast()), \(entry)]" : "[\(entry)]"
        try onFiles { () throws(FileError) in try FileSystem.createFolder(tags.path) }
        try staging.replace(tags.path(of: key), with: text)
    }

    /// Tells a logged model that the registered model it became has another name now.
    func relink(modelID: String, from name: String, to newName: String) throws(TrackingError) {
        guard let model = try? loggedModel(id: modelID) else { return }
        let tags = KeyFolder(path: model.folder + "/tags")
        let key = "mlflow.modelVersions"
        guard let recorded = try onFiles({ () throws(FileError) in try tags.value(of: key) }) else { return }
        let entry = { (name: String) in "{\"name\": \(YAMLWriter.quoted(name)), " }
        try staging.replace(tags.path(of: key), with: recorded.replacing(entry(name), with: entry(newName)))
    }
}
