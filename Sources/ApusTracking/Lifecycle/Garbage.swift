import ApusCore
import Glibc

/// What is deleted in a store, and what of it cannot go.
public struct Garbage: Equatable, Sendable {
    public struct Item: Equatable, Sendable {
        public enum Kind: String, Sendable { case run, experiment, model }

        public var kind: Kind
        public var id: String
        public var name: String
        public var path: String
        /// Milliseconds since 1970; 0 where nothing says it.
        public var deletedTime: Int64
        public var files = 0
        public var bytes: Int64 = 0
        var experimentID: String
    }

    /// What goes.
    public var items: [Item] = []
    /// What is deleted and stays, with the reason.
    public var kept: [(item: Item, reason: String)] = []

    public var bytes: Int64 { items.reduce(0) { $0 + $1.bytes } }

    public static func == (a: Garbage, b: Garbage) -> Bool {
        a.items == b.items && a.kept.map(\.item) == b.kept.map(\.item) && a.kept.map(\.reason) == b.kept.map(\.reason)
    }
}

extension TrackingStore {
    /// Everything that is deleted for at least `age` milliseconds: runs, experiments with all in them, and logged
    /// models. A run stays while a process may write it, and while a registered model's version was made from it.
    public func garbage(olderThan age: Int64 = 0, in experiment: Experiment? = nil) -> Garbage {
        let references = ModelReferences(self), now = currentMilliseconds()
        let folders = experimentFolders(includingDeleted: true).filter {
            experiment == nil || experiment?.id == FileSystem.fileName(of: $0)
        }
        let old = folders.flatMap(deletedItems).filter { now - $0.deletedTime >= age }
        let looks = parallelMap(old.count, threads: waitingThreads) { index -> (item: Garbage.Item, reason: String?) in
            if let reason = reasonToKeep(old[index], references) { return (old[index], reason) }
            return (old[index].measured, nil)
        }
        var garbage = Garbage()
        garbage.items = looks.filter { $0.reason == nil }.map(\.item)
        garbage.kept = looks.compactMap { look in look.reason.map { (look.item, $0) } }
        return garbage
    }

    /// Removes an item for good, unless it was restored or touched in the meantime.
    ///
    /// - Returns: whether it is gone.
    public func collect(_ item: Garbage.Item) throws(TrackingError) -> Bool {
        for outcome in try collect([item]) { return try outcome.get() }
        return false
    }

    /// Removes items for good, but for those that were restored or touched in the meantime. They vanish from the store
    /// one by one, at once, into one folder beside it; their files are removed then. Where the process is killed, an item
    /// is in the store whole or not at all, and what is left beside it is cleared later.
    ///
    /// - Returns: for each whether it is gone, or why it is not.
    public func collect(_ items: [Garbage.Item]) throws(TrackingError) -> [Result<Bool, TrackingError>] {
        guard !items.isEmpty else { return [] }
        try staging.prepare()
        let trash = try staging.uniquePath()
        try onFiles { () throws(FileError) in try FileSystem.createFolder(trash) }
        var outcomes = [Result<Bool, TrackingError>]()
        // Others may change the registry after so many.
        for start in stride(from: 0, to: items.count, by: 256) {
            outcomes += try take(items[start..<min(start + 256, items.count)], to: trash)
        }
        if staging.isDurable { for folder in Set(items.map { FileSystem.folder(of: $0.path) }) { syncFolder(folder) } }
        let indices = items.filter { $0.kind == .experiment }.map { RunIndex.path(of: $0.experimentID, root: root) }
        removeTrees([trash] + indices)
        return outcomes.enumerated().map { number, outcome in
            let rest = "\(trash)/\(number)"
            return FileSystem.exists(rest) ? .failure(.file(FileError("remove", rest, code: EACCES))) : outcome
        }
    }

    private func take(
        _ items: ArraySlice<Garbage.Item>, to trash: String
    ) throws(TrackingError) -> [Result<Bool, TrackingError>] {
        try staging.exclusively { () throws(TrackingError) in
            let references = ModelReferences(self)
            return items.indices.map { number in
                Result { () throws(TrackingError) in
                    try take(items[number], to: "\(trash)/\(number)", unlessIn: references)
                }
            }
        }
    }

    private func take(
        _ item: Garbage.Item, to place: String, unlessIn references: ModelReferences
    ) throws(TrackingError) -> Bool {
        guard FileSystem.isFolder(item.path) else { return false }
        return try lockingState(of: item.path) { () throws(TrackingError) in
            guard let now = deletedItem(like: item), reasonToKeep(now, references) == nil else { return false }
            guard Glibc.rename(item.path, place) == 0 else {
                throw errno == EXDEV ? .stagingElsewhere(staging.folder) : .file(FileError("remove", item.path))
            }
            return true
        }
    }

    // MARK: Finding

    private func deletedItems(in folder: String) -> [Garbage.Item] {
        if let experiment = deletedExperiment(folder) { return [experiment] }
        let runs = Run.folders(in: folder)
        let models = ((try? FileSystem.names(in: folder + "/models")) ?? []).map { folder + "/models/" + $0 }
        return parallelMap(runs.count, threads: waitingThreads) { deletedRun(runs[$0]) }.compactMap { $0 }
            + models.compactMap(deletedModel)
    }

    private func deletedItem(like item: Garbage.Item) -> Garbage.Item? {
        switch item.kind {
        case .run: deletedRun(item.path)
        case .experiment: deletedExperiment(item.path)
        case .model: deletedModel(item.path)
        }
    }

    private func deletedExperiment(_ folder: String) -> Garbage.Item? {
        guard FileSystem.folder(of: folder) == root + "/.trash",
            let meta = try? MetaFile(path: folder + "/meta.yaml")
        else { return nil }
        return item(
            .experiment, meta, name: "name", time: "last_update_time", experiment: FileSystem.fileName(of: folder))
    }

    private func deletedRun(_ folder: String) -> Garbage.Item? {
        guard let meta = deletedMeta(folder) else { return nil }
        let experiment = FileSystem.fileName(of: FileSystem.folder(of: folder))
        return item(.run, meta, name: "run_name", time: "deleted_time", experiment: experiment)
    }

    private func deletedModel(_ folder: String) -> Garbage.Item? {
        guard let meta = deletedMeta(folder) else { return nil }
        let experiment = FileSystem.fileName(of: FileSystem.folder(of: FileSystem.folder(of: folder)))
        return item(.model, meta, name: "name", time: "last_updated_timestamp", experiment: experiment)
    }

    private func deletedMeta(_ folder: String) -> MetaFile? {
        guard let meta = try? MetaFile(path: folder + "/meta.yaml"), meta.optionalText("lifecycle_stage") == "deleted"
        else { return nil }
        return meta
    }

    private func item(
        _ kind: Garbage.Item.Kind, _ meta: MetaFile, name: String, time: String, experiment: String
    ) -> Garbage.Item {
        let folder = FileSystem.folder(of: meta.path), id = FileSystem.fileName(of: folder)
        return Garbage.Item(
            kind: kind, id: id, name: meta.optionalText(name) ?? id, path: folder,
            deletedTime: meta.optionalInteger(time) ?? 0, experimentID: experiment)
    }

    // MARK: Keeping

    private func reasonToKeep(_ item: Garbage.Item, _ references: ModelReferences) -> String? {
        if let version = references.version(usingAnythingIn: item.path) {
            return "model \(version) was made from it; delete that version first"
        }
        let runs = item.kind == .experiment ? Run.folders(in: item.path) : item.kind == .run ? [item.path] : []
        for folder in runs {
            let id = FileSystem.fileName(of: folder)
            if let version = references.version(ofRun: id) {
                return "model \(version) was made from run \(id.prefix(12)); delete that version first"
            }
            let run = Run(store: self, experimentID: item.experimentID, id: id, folder: folder)
            if let writer = (try? run.writer()) ?? nil { return "run \(id.prefix(12)) is still written by \(writer)" }
        }
        return nil
    }
}

/// What the registry's versions, those that are not deleted, were made from.
private struct ModelReferences {
    private var runs = [String: String]()
    private var places = [(path: String, version: String)]()

    init(_ store: TrackingStore) {
        let registry = ModelRegistry(store)
        for name in registry.names() {
            for version in (try? registry.versions(of: name)) ?? [] {
                let shown = "\(name)/\(version.version)"
                if let run = version.runID { runs[run] = shown }
                places.append((version.folder, shown))
                let logged = version.modelID.flatMap { try? store.loggedModel(id: $0) }
                if let logged { places.append((logged.folder, shown)) }
            }
        }
    }

    func version(ofRun id: String) -> String? { runs[id] }

    func version(usingAnythingIn folder: String) -> String? {
        places.first { $0.path == folder || $0.path.hasPrefix(folder + "/") }?.version
    }
}

extension Garbage.Item {
    /// With the number of its files and their size.
    fileprivate var measured: Garbage.Item {
        var item = self
        (item.files, item.bytes) = folderSize(path)
        return item
    }
}
