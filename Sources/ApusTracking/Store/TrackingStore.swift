import ApusConfiguration
import ApusCore
import Glibc

/// A store of experiments, runs and models on disk, in the layout of MLflow's file store.
///
/// Everything is made in a staging folder beside the store and moved in whole, so that a reader (MLflow
/// too) sees each thing complete or not at all, whatever happens to the writing process.
public final class TrackingStore: Sendable {
    /// The store's folder, absolute.
    public let root: String
    let staging: Staging
    let buffer: MetricBuffer
    private let blanks: RunBlanks

    /// Opens a store, making it where there is none, and repairs what a killed process left in its running runs.
    ///
    /// - Parameters:
    ///   - isCreated: `false` where a missing store is an error.
    ///   - isRepaired: `false` for a quick look that changes nothing.
    ///   - isDurable: `false` leaves it to the system when things reach the disk, as MLflow does: many times faster,
    ///     nothing is lost when a process is killed, but after a power failure files may be empty.
    ///   - interval: how many milliseconds a logged value waits at most to be written with others; 0 for none.
    public init(
        root: String, creatingIfMissing isCreated: Bool = true, repairing isRepaired: Bool = true,
        durable isDurable: Bool = true, writingEvery interval: Int = 1000
    ) throws(TrackingError) {
        self.root = absolutePath(root)
        staging = Staging(root: self.root, isDurable: isDurable)
        buffer = MetricBuffer(interval: interval, staging: staging)
        blanks = RunBlanks(staging: staging)
        try staging.requireKnownFormat()
        if !FileSystem.isFolder(self.root) {
            guard isCreated else {
                throw .notFound("the tracking store \(self.root)", remedy: "train something first, or check the path")
            }
            try create()
        }
        if isRepaired { recover() }
    }

    deinit { buffer.flushQuietly() }

    /// A new store holds the experiment `Default`, as MLflow's own does.
    private func create() throws(TrackingError) {
        try onFiles { () throws(FileError) in try FileSystem.createFolder(FileSystem.folder(of: root)) }
        try staging.prepare()
        try staging.noteFormat()
        let staged = try staging.uniquePath()
        let folder = staged + "/0"
        try onFiles { () throws(FileError) in try FileSystem.createFolder(folder) }
        try writeNewExperiment(name: "Default", id: "0", in: folder, tags: [:])
        do throws(TrackingError) {
            try staging.install(staged, at: root)
        } catch {
            // Another process was first.
            guard FileSystem.isFolder(root) else { throw error }
        }
    }

    // MARK: Experiments

    /// The experiment of this name, made where there is none. Two processes at once make one.
    public func experiment(named name: String, tags: [String: String] = [:]) throws(TrackingError) -> Experiment {
        try KeyRules.checkExperimentName(name)
        for (key, value) in tags {
            try KeyRules.checkKey(key)
            try KeyRules.checkLength(of: key, value, limit: KeyRules.experimentTagLimit)
        }
        if let found = try findExperiment(named: name) { return found }
        try staging.prepare()
        return try staging.exclusively { () throws(TrackingError) in
            if let found = try findExperiment(named: name) { return found }
            return try createExperiment(name, tags: tags)
        }
    }

    /// The experiment of this name, `nil` where there is none.
    public func findExperiment(named name: String) throws(TrackingError) -> Experiment? {
        if let found = experiments(includingDeleted: true).first(where: { $0.name == name }) {
            guard !found.isDeleted else {
                throw .invalidName(name, problem: "a deleted experiment has it")
            }
            return found
        }
        return nil
    }

    /// Every readable experiment, oldest first.
    public func experiments(includingDeleted: Bool = false) -> [Experiment] {
        let folders = experimentFolders(includingDeleted: includingDeleted)
        return folders.compactMap { try? Experiment(folder: $0) }
            .sorted { ($0.creationTime, $0.id) < ($1.creationTime, $1.id) }
    }

    func experimentFolders(includingDeleted: Bool) -> [String] {
        let parents = includingDeleted ? [root, root + "/.trash"] : [root]
        return parents.flatMap { parent in
            ((try? FileSystem.names(in: parent)) ?? [])
                .filter { $0 != "models" && $0 != ".trash" && Identifier.isExperimentID($0) }
                .map { parent + "/" + $0 }.filter { FileSystem.isFolder($0) }
        }
    }

    private func createExperiment(_ name: String, tags: [String: String]) throws(TrackingError) -> Experiment {
        let id = Identifier.experiment()
        let staged = try staging.uniquePath()
        try onFiles { () throws(FileError) in try FileSystem.createFolder(staged) }
        try writeNewExperiment(name: name, id: id, in: staged, tags: tags)
        try staging.install(staged, at: root + "/" + id)
        return try Experiment(folder: root + "/" + id)
    }

    private func writeNewExperiment(
        name: String, id: String, in folder: String, tags: [String: String]
    ) throws(TrackingError) {
        let now = MetaValue.integer(currentMilliseconds())
        let meta = MetaFile(
            path: folder + "/meta.yaml",
            [
                "artifact_location": .text("file://\(root)/\(id)"), "creation_time": now, "experiment_id": .text(id),
                "last_update_time": now, "lifecycle_stage": "active", "name": .text(name),
            ])
        try write(meta.text, to: meta.path)
        try writeValues(tags, in: KeyFolder(path: folder + "/tags"))
    }

    // MARK: Runs

    /// Makes a run that is `running` from now on; it appears in the store complete with its tags and parameters, all
    /// on the disk before (of a durable store). Until `Run.sync` a power failure may take it whole.
    ///
    /// - Parameters:
    ///   - name: what people call it; made up where there is none.
    ///   - tags: added to the usual `mlflow.…` tags, which they may overwrite.
    ///   - git: the state of the code, see `GitFacts.read(at:)`.
    public func createRun(
        in experiment: Experiment, name: String? = nil, tags: [String: String] = [:],
        parameters: [String: String] = [:], git: GitFacts? = nil
    ) throws(TrackingError) -> Run {
        let id = Identifier.run()
        let name = tags[RunTag.name] ?? name ?? "run-\(id.prefix(8))"
        let allTags = RunTag.standard(name: name, git: git).merging(tags) { $1 }
        for key in tags.keys { try KeyRules.checkKey(key) }
        for key in parameters.keys { try KeyRules.checkKey(key) }
        try staging.prepareOnce()
        let (folder, remaining) = try blanks.blank(carrying: allTags)
        do throws(TrackingError) {
            let meta = newRunMeta(id: id, name: name, in: experiment, tags: allTags).text
            try onFiles { () throws(FileError) in try folder.write(meta, to: "meta.yaml") }
            try write(remaining, parameters, to: folder)
            try staging.install(folder, at: "\(root)/\(experiment.id)/\(id)")
        } catch {
            removeTree(folder.path)
            throw error
        }
        return Run(store: self, experimentID: experiment.id, id: id, folder: "\(root)/\(experiment.id)/\(id)")
    }

    private func write(
        _ tags: [String: String], _ parameters: [String: String], to folder: StagedFolder
    ) throws(TrackingError) {
        let run = Run(store: self, experimentID: "", id: "", folder: folder.path)
        for (key, value) in tags { try folder.write(try run.storedTag(key, value), ofKey: key, in: "tags") }
        for (key, value) in parameters {
            try folder.write(try run.storedParameter(key, value), ofKey: key, in: "params")
        }
    }

    private func newRunMeta(
        id: String, name: String, in experiment: Experiment, tags: [String: String]
    ) -> MetaFile {
        MetaFile(
            path: "meta.yaml",
            [
                "artifact_uri": .text("file://\(root)/\(experiment.id)/\(id)/artifacts"), "end_time": nil,
                "entry_point_name": "", "experiment_id": .text(experiment.id), "lifecycle_stage": "active",
                "run_id": .text(id), "run_name": .text(name), "source_name": "", "source_type": 4,
                "source_version": "", "start_time": .integer(currentMilliseconds()),
                "status": .integer(Int64(RunStatus.running.rawValue)), "tags": .texts([]),
                "user_id": .text(tags[RunTag.user] ?? "unknown"),
            ])
    }

    /// The run with this id.
    public func run(id: String) throws(TrackingError) -> Run {
        if Identifier.isRunID(id), !Run.reservedNames.contains(id) {
            for experiment in experimentFolders(includingDeleted: false) {
                let folder = experiment + "/" + id
                guard FileSystem.isFolder(folder) else { continue }
                return Run(store: self, experimentID: FileSystem.fileName(of: experiment), id: id, folder: folder)
            }
        }
        throw .notFound("run \(id)", remedy: "'apus runs list' shows what there is")
    }

    /// The experiment of runs that gate a model and train none.
    public static let gateExperiment = "apus-gate"

    /// The run that a command's argument means: an id, the beginning of one (4 letters at least), a run's name
    /// (the newest of that name), or `latest`, the newest that trained something.
    public func run(matching text: String) throws(TrackingError) -> Run {
        if let run = try? run(id: text) { return run }
        let summaries = runSummaries(includingValues: false).filter { !$0.isDeleted }
        let trained = summaries.first { $0.experimentName != TrackingStore.gateExperiment }
        if text == "latest", let newest = trained { return try run(id: newest.id) }
        if let named = summaries.first(where: { $0.name == text }) { return try run(id: named.id) }
        let near = text.utf8.count >= 4 ? summaries.filter { $0.id.hasPrefix(text) } : []
        guard let first = near.first else {
            throw .notFound("run '\(text)'", remedy: "'apus runs list' shows what there is")
        }
        guard near.count == 1 else {
            throw .ambiguous(text, candidates: near.prefix(5).map { String($0.id.prefix(12)) })
        }
        return try run(id: first.id)
    }

    // MARK: Recovery

    /// Repairs metric files of running runs whose process was killed while it wrote, and clears what such processes left
    /// in staging.
    ///
    /// - Returns: the repaired files.
    @discardableResult
    public func recover() -> [String] {
        staging.clearLeftovers()
        return experimentFolders(includingDeleted: false).flatMap { folder in
            Run.folders(in: folder).flatMap { run -> [String] in
                guard let meta = try? MetaFile(path: run + "/meta.yaml"),
                    meta.optionalInteger("status") == Int64(RunStatus.running.rawValue)
                else { return [] }
                return repairMetrics(in: run)
            }
        }
    }

    func repairMetrics(in run: String) -> [String] {
        let folder = KeyFolder(path: run + "/metrics")
        return ((try? folder.keys()) ?? []).map { folder.path(of: $0) }.filter {
            (try? MetricFile(path: $0).removeTornLine()) == true
        }
    }

    // MARK: Files inside a folder that is not in the store yet

    func write(_ text: String, to path: String) throws(TrackingError) {
        try onFiles { () throws(FileError) in try writeNew(Array(text.utf8), to: path) }
    }

    func writeValues(_ values: [String: String], in folder: KeyFolder) throws(TrackingError) {
        try onFiles { () throws(FileError) in try FileSystem.createFolder(folder.path) }
        for (key, value) in values {
            try folder.prepare(key)
            try write(value, to: folder.path(of: key))
        }
    }
}

extension KeyRules {
    static func checkLength(of key: String, _ value: String, limit: Int) throws(TrackingError) {
        let length = value.unicodeScalars.count
        guard length <= limit else { throw .valueTooLong(key: key, length: length, limit: limit) }
    }
}
