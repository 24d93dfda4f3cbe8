import ApusCore

/// A named group of runs.
public struct Experiment: Hashable, Sendable {
    public let id: String
    public let name: String
    /// Milliseconds since 1970.
    public let creationTime: Int64
    public let isDeleted: Bool
    let folder: String

    init(folder: String) throws(TrackingError) {
        let meta = try MetaFile(path: folder + "/meta.yaml")
        id = try meta.text("experiment_id")
        guard id == FileSystem.fileName(of: folder) else {
            throw .damaged(path: meta.path, problem: "experiment_id is \(id), the folder's name another")
        }
        name = try meta.text("name")
        creationTime = meta.optionalInteger("creation_time") ?? 0
        // MLflow goes by the place too.
        isDeleted =
            meta.optionalText("lifecycle_stage") == "deleted"
            || FileSystem.fileName(of: FileSystem.folder(of: folder)) == ".trash"
        self.folder = folder
    }

    public func tags() throws(TrackingError) -> [String: String] {
        try onFiles { () throws(FileError) in try KeyFolder(path: folder + "/tags").values() }
    }
}
