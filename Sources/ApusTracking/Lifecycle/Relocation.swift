import ApusConfiguration
import ApusCore

/// A path in the store that a move made wrong.
public struct RelocatedPath: Equatable, Sendable {
    /// The `meta.yaml`.
    public var file: String
    public var key: String
    public var old: String
    public var new: String
}

extension TrackingStore {
    /// Rewrites the absolute paths that MLflow's layout keeps, after the store or its workspace was moved or copied.
    /// Apus reads a moved store without this; MLflow does not find its artifacts.
    ///
    /// - Returns: the files that changed.
    public func relocate() throws(TrackingError) -> [String] { try relocate(to: root) }

    /// - Parameter place: where the store is going to be.
    func relocate(to place: String) throws(TrackingError) -> [String] {
        try staging.prepare()
        var changed = [String]()
        // An experiment's own file comes after what is in it: whoever is killed in between starts again.
        for (file, paths) in grouped(relocations(to: place)) {
            var meta = try MetaFile(path: file)
            for path in paths { meta.set(path.key, .text(path.new)) }
            try meta.write(with: staging)
            changed.append(file)
        }
        return changed
    }

    /// What `relocate` would rewrite. Paths on other machines (`s3://…`) and those that never lay in the store or
    /// beside it stay.
    public func relocations() -> [RelocatedPath] { relocations(to: root) }

    private func relocations(to place: String) -> [RelocatedPath] {
        let metas = metaFiles()
        let moves = self.moves(metas, to: place)
        return metas.flatMap { meta in
            TrackingStore.locationKeys.compactMap { key in
                guard let old = meta.optionalText(key), let new = moves.lazy.compactMap({ $0.apply(old) }).first,
                    new != old
                else { return nil }
                return RelocatedPath(file: meta.path, key: key, old: old, new: new)
            }
        }
    }

    private static let locationKeys = ["artifact_location", "artifact_uri", "source", "storage_location"]

    private func grouped(_ paths: [RelocatedPath]) -> [(String, [RelocatedPath])] {
        var order = [String](), groups = [String: [RelocatedPath]]()
        for path in paths {
            if groups[path.file] == nil { order.append(path.file) }
            groups[path.file, default: []].append(path)
        }
        return order.map { ($0, groups[$0] ?? []) }
    }

    /// Where the store was before, as its own files say: an experiment's place ends with its id, a run's with its own
    /// and that. First the roots, then the workspaces around them, which models lie in.
    private func moves(_ metas: [MetaFile], to target: String) -> [PathMove] {
        var roots = [String]()
        for meta in metas {
            let place = FileSystem.folder(of: meta.path).dropFirst(root.utf8.count).replacing("/.trash/", with: "/")
            for (key, suffix) in [("artifact_location", place), ("artifact_uri", place + "/artifacts")] {
                guard let path = meta.optionalText(key).flatMap(PathMove.plainPath), path.hasSuffix(suffix) else {
                    continue
                }
                let old = String(path.dropLast(suffix.utf8.count))
                if old != target, !old.isEmpty, !roots.contains(old) { roots.append(old) }
            }
        }
        return roots.map { PathMove(old: $0, new: target) } + roots.compactMap { workspaceMove($0, to: target) }
    }

    /// A workspace moved with its store where the store's name and the folder above kept theirs.
    private func workspaceMove(_ old: String, to target: String) -> PathMove? {
        func split(_ path: String) -> (workspace: String, rest: String) {
            let workspace = FileSystem.folder(of: FileSystem.folder(of: path))
            return (workspace, String(path.dropFirst(workspace.utf8.count)))
        }
        let (before, now) = (split(old), split(target))
        guard before.rest == now.rest, before.workspace.utf8.count > 1 else { return nil }
        return PathMove(old: before.workspace, new: now.workspace, isLikely: true)
    }

    /// Every readable `meta.yaml` that may hold a path, an experiment's own last.
    private func metaFiles() -> [MetaFile] {
        let experiments = experimentFolders(includingDeleted: true).flatMap { folder in
            Run.folders(in: folder) + subfolders(folder + "/models") + [folder]
        }
        let models = subfolders(root + "/models").flatMap { model in
            subfolders(model).filter { FileSystem.fileName(of: $0).hasPrefix("version-") }
        }
        return (models + experiments).compactMap { try? MetaFile(path: $0 + "/meta.yaml") }
    }

    private func subfolders(_ folder: String) -> [String] {
        ((try? FileSystem.names(in: folder)) ?? []).map { folder + "/" + $0 }.filter { FileSystem.isFolder($0) }
    }
}

/// A folder that has another path now.
private struct PathMove {
    var old: String
    var new: String
    /// Whether the store's workspace moved with it, which only the files can tell.
    var isLikely = false

    /// `location` after the move, in its own spelling; `nil` where it lies elsewhere.
    func apply(_ location: String) -> String? {
        let scheme = location.hasPrefix("file://") ? "file://" : ""
        let path = location.dropFirst(scheme.utf8.count)
        guard path == old || path.hasPrefix(old + "/") else { return nil }
        let moved = new + path.dropFirst(old.utf8.count)
        if isLikely, !FileSystem.exists(moved), FileSystem.exists(String(path)) { return nil }
        return scheme + moved
    }

    /// The path of a `file://` URI or of an absolute path, as it is written.
    static func plainPath(_ location: String) -> String? {
        let path = location.hasPrefix("file://") ? String(location.dropFirst(7)) : location
        return path.hasPrefix("/") ? path : nil
    }
}
