import ApusConfiguration
import ApusCore

extension TrackingStore {
    /// Rewrites the absolute paths that MLflow's layout keeps, after the store's workspace was moved or copied.
    /// Apus reads a moved store without this; MLflow does not find its artifacts.
    ///
    /// - Returns: the files that changed.
    public func relocate() throws(TrackingError) -> [String] {
        var changed = [String]()
        for folder in experimentFolders(includingDeleted: false) {
            let suffix = "/" + FileSystem.fileName(of: folder)
            let experiment = try MetaFile(path: folder + "/meta.yaml")
            guard let old = experiment.optionalText("artifact_location"), old.hasPrefix("file://"),
                old.hasSuffix(suffix), old != "file://\(root)\(suffix)"
            else { continue }
            let oldWorkspace = FileSystem.folder(of: FileSystem.folder(of: String(old.dropLast(suffix.utf8.count))))
            let newWorkspace = "file://" + FileSystem.folder(of: FileSystem.folder(of: root))
            changed += try replace(oldWorkspace, by: newWorkspace, below: folder)
            changed += try replace(oldWorkspace, by: newWorkspace, below: root + "/models")
        }
        return changed
    }

    private static let locationKeys = ["artifact_location", "artifact_uri", "source", "storage_location"]

    /// Only `meta.yaml` files of experiments, runs, logged models and versions hold such paths.
    private func replace(_ old: String, by new: String, below folder: String) throws(TrackingError) -> [String] {
        var changed = [String]()
        let names = (try? FileSystem.names(in: folder)) ?? []
        for name in names where name != "artifacts" && FileSystem.isFolder(folder + "/" + name) {
            changed += try replace(old, by: new, below: folder + "/" + name)
        }
        guard names.contains("meta.yaml") else { return changed }
        var meta = try MetaFile(path: folder + "/meta.yaml")
        var isChanged = false
        for key in TrackingStore.locationKeys {
            guard let text = meta.optionalText(key), text == old || text.hasPrefix(old + "/") else { continue }
            meta.set(key, .text(new + text.dropFirst(old.count)))
            isChanged = true
        }
        guard isChanged else { return changed }
        try meta.write(with: staging)
        return changed + [meta.path]
    }
}
