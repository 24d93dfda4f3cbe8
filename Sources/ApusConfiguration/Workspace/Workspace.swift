import ApusCore

/// A folder with `datasets/`, `experiments/` and `models/`.
public struct Workspace: Hashable, Sendable {
    public let root: String

    public init(root: String) { self.root = absolutePath(root) }

    /// The workspace that `folder` lies in: the nearest folder upwards that holds all three.
    public static func find(from folder: String = ".") throws(ConfigurationError) -> Workspace {
        let start = absolutePath(folder)
        var candidate = start
        while true {
            if isWorkspace(candidate) { return Workspace(root: candidate) }
            guard candidate != "/" else { break }
            candidate = FileSystem.folder(of: candidate)
        }
        throw ConfigurationError(
            .unreadable, at: .file(start, line: 0, column: 0),
            problem: "no workspace here or above: no folder with \(folders.joined(separator: ", "))",
            remedy: "run 'apus init DIR' and work in DIR")
    }

    public static let folders = ["datasets", "experiments", "models"]

    public static func isWorkspace(_ folder: String) -> Bool {
        folders.allSatisfy { FileSystem.isFolder(folder + "/" + $0) }
    }

    public var datasets: String { root + "/datasets" }
    public var experiments: String { root + "/experiments" }
    public var models: String { root + "/models" }
    /// The tracking store; another folder where `MLFLOW_TRACKING_URI` names one.
    public var store: String {
        if case .folder(let path) = TrackingLocation.current { return path }
        return experiments + "/mlruns"
    }

    public func modelFolder(_ name: String, version: Int) -> String { "\(models)/\(name)/\(version)" }
}
