import ApusConfiguration
import ApusCore
import ApusDigest

/// One run: what went in, what came out. Every call reads or writes the files; any thread may call.
public final class Run: Sendable {
    public let id: String
    public let experimentID: String
    /// The run's folder in the store.
    public let folder: String
    public let store: TrackingStore

    private var staging: Staging { store.staging }
    var metricFolder: KeyFolder { KeyFolder(path: folder + "/metrics") }
    private var parameterFolder: KeyFolder { KeyFolder(path: folder + "/params") }
    private var tagFolder: KeyFolder { KeyFolder(path: folder + "/tags") }
    private var metaPath: String { folder + "/meta.yaml" }

    /// Folders of an experiment that are not runs.
    static let reservedNames: Set = ["tags", "datasets", "traces", "models"]

    init(store: TrackingStore, experimentID: String, id: String, folder: String) {
        self.store = store
        self.experimentID = experimentID
        self.id = id
        self.folder = folder
    }

    /// Folders of `experiment` that are taken for runs.
    static func folders(in experiment: String) -> [String] {
        ((try? FileSystem.names(in: experiment)) ?? []).filter { !reservedNames.contains($0) }
            .map { experiment + "/" + $0 }.filter { FileSystem.isFolder($0) }
    }

    // MARK: Parameters

    /// Records parameters. A parameter never changes: logging the same value again is allowed, another is an error.
    /// Of a value of more than 6000 characters the beginning stands there with its hash, the whole is artifact
    /// `parameters/KEY.txt`.
    public func log(parameters: [String: String]) throws(TrackingError) {
        for key in parameters.keys { try KeyRules.checkKey(key) }
        var values = [String: [UInt8]]()
        for (key, value) in parameters {
            try parameterFolder.prepare(key)
            values[parameterFolder.path(of: key)] = Array(try storedParameter(key, value).utf8)
        }
        let files = values.sorted { $0.key < $1.key }.map { (path: $0.key, bytes: $0.value) }
        for path in try staging.create(files) {
            let key = String(path.dropFirst(parameterFolder.path.count + 1))
            guard !FileSystem.isFolder(path) else { throw .keyConflict(key, with: key + "/…") }
            let recorded = try onFiles { () throws(FileError) in try FileSystem.read(path) }
            guard let given = values[path], recorded != given else { continue }
            throw .parameterChanged(
                key: key, recorded: String(decoding: recorded, as: UTF8.self),
                given: String(decoding: given, as: UTF8.self))
        }
    }

    /// A parameter as it is written.
    func storedParameter(_ key: String, _ value: String) throws(TrackingError) -> String {
        try stored(key, value, limit: KeyRules.parameterLimit, in: "parameters")
    }

    /// A tag as it is written.
    func storedTag(_ key: String, _ value: String) throws(TrackingError) -> String {
        try stored(key, value, limit: KeyRules.tagLimit, in: "tags")
    }

    /// A value of at most `limit` characters: of a longer one the beginning, the whole is kept as an artifact.
    private func stored(
        _ key: String, _ value: String, limit: Int, in folder: String
    ) throws(TrackingError) -> String {
        let length = value.unicodeScalars.count
        guard length > limit else { return value }
        let artifact = "\(folder)/\(key).txt"
        try logArtifact(bytes: Array(value.utf8), as: artifact)
        let end = "… (\(length) characters, sha256:\(sha256(Array(value.utf8))), artifact \(artifact))"
        return String(String.UnicodeScalarView(value.unicodeScalars.prefix(1000))) + end
    }

    public func parameters() throws(TrackingError) -> [String: String] {
        try onFiles { () throws(FileError) in try parameterFolder.values() }
    }

    // MARK: Metrics

    /// Records one value for each key. Values are written together: a metric's first at once, later ones within a
    /// second, and all before the run ends, the process exits or anything is read. A process that is killed loses what
    /// it logged since.
    ///
    /// - Throws: what is wrong with a key. Also, once a second at most, that values could not be written, because the
    ///   disk is full say: they are kept and tried again, logging may go on.
    public func log(metrics: [String: Double], step: Int) throws(TrackingError) {
        try store.buffer.log(metrics, step: step, of: self)
    }

    /// Records many values: one write for each key, at once.
    public func log(points: [String: [MetricPoint]]) throws(TrackingError) { try store.buffer.log(points, of: self) }

    /// Writes the values that were logged and wait.
    public func flush() throws(TrackingError) { try store.buffer.flush(id) }

    /// Every recorded value of a metric, in the order of recording; empty where there is none.
    public func history(of key: String) throws(TrackingError) -> [MetricPoint] {
        try KeyRules.checkKey(key)
        store.buffer.flushQuietly(id)
        guard FileSystem.exists(metricFolder.path(of: key)) else { return [] }
        return try onFiles { () throws(FileError) in try MetricFile(path: metricFolder.path(of: key)).read().points }
    }

    /// The latest value of each metric.
    public func metrics() throws(TrackingError) -> [String: MetricPoint] {
        store.buffer.flushQuietly(id)
        return try onFiles { () throws(FileError) in
            var latest = [String: MetricPoint]()
            for key in try metricFolder.keys() {
                let points = try MetricFile(path: metricFolder.path(of: key)).read().points
                latest[key] = points.max(by: MetricPoint.isEarlier)
            }
            return latest
        }
    }

    /// The best finite value of a metric and where it was reached; the earliest of equals.
    public func best(_ key: String, isHigherBetter: Bool = true) throws(TrackingError) -> MetricPoint? {
        try history(of: key).filter(\.value.isFinite).max { a, b in
            let isWorse = isHigherBetter ? a.value < b.value : a.value > b.value
            return isWorse || (a.value == b.value && a.step > b.step)
        }
    }

    // MARK: Tags

    /// Of a value of more than 8000 characters the beginning stands there, the whole is artifact `tags/KEY.txt`.
    public func setTag(_ key: String, _ value: String) throws(TrackingError) {
        try KeyRules.checkKey(key)
        let value = try storedTag(key, value)
        try tagFolder.prepare(key)
        try staging.replace(tagFolder.path(of: key), with: value)
        if key == RunTag.name { try updateMeta { $0.set("run_name", .text(value)) } }
    }

    public func tags() throws(TrackingError) -> [String: String] {
        try onFiles { () throws(FileError) in try tagFolder.values() }
    }

    // MARK: Artifacts

    /// The folder of the run's artifacts.
    public var artifactPath: String { folder + "/artifacts" }

    /// Records bytes as a file, such as `plots/loss.png`.
    public func logArtifact(bytes: [UInt8], as path: String) throws(TrackingError) {
        let target = try preparedArtifact(path)
        try staging.replace(target, with: bytes)
    }

    public func logArtifact(text: String, as path: String) throws(TrackingError) {
        try logArtifact(bytes: Array(text.utf8), as: path)
    }

    /// Records a copy of a file.
    public func logArtifact(file: String, as path: String) throws(TrackingError) {
        let target = try preparedArtifact(path)
        try staging.copy(file, to: target)
    }

    /// Paths of all artifacts below the artifact folder, sorted.
    public func artifacts() throws(TrackingError) -> [String] {
        try onFiles { () throws(FileError) in try KeyFolder(path: artifactPath).keys() }
    }

    private func preparedArtifact(_ path: String) throws(TrackingError) -> String {
        try KeyRules.checkArtifactPath(path)
        let artifacts = KeyFolder(path: artifactPath)
        try artifacts.prepare(path)
        return artifacts.path(of: path)
    }

    // MARK: State

    public func status() throws(TrackingError) -> RunStatus {
        let meta = try MetaFile(path: metaPath)
        return try RunStatus(meta)
    }

    /// The run's name.
    public func name() throws(TrackingError) -> String {
        let meta = try MetaFile(path: metaPath)
        return meta.optionalText("run_name") ?? id
    }

    /// Ends the run: everything recorded reaches the disk first. Where values could not be written, the run is ended all
    /// the same before that is thrown.
    public func finish(_ status: RunStatus = .finished) throws(TrackingError) {
        var failure: TrackingError?
        do throws(TrackingError) { try sync() } catch { failure = error }
        try updateMeta {
            $0.set("status", .integer(Int64(status.rawValue)))
            $0.set("end_time", .integer(max(currentMilliseconds(), $0.optionalInteger("start_time") ?? 0)))
        }
        store.buffer.forget(id)
        if let failure { throw failure }
    }

    /// Throws where taking the run up again makes no sense: it is finished, or a process is still at it.
    ///
    /// - Parameter longer: whether there is more to do than the run was made for, so that a finished one goes on too.
    public func requireResumable(longer: Bool = false) throws(TrackingError) {
        guard try !isDeleted() else { throw .notResumable(run: id, reason: "it is deleted; 'apus runs restore' it") }
        let status = try status()
        if status == .finished && !longer {
            throw .notResumable(run: id, reason: "it is finished; extend its epochs, or start a new run")
        }
        guard status == .running, let mark = try tags()[RunTag.process].flatMap({ ProcessMark($0) }) else { return }
        if mark != .current, mark.mayBeAlive {
            throw .notResumable(
                run: id, reason: "process \(mark.number) on \(mark.host) is still at it; wait for it or end it")
        }
    }

    /// Takes up a run that ended or whose process died: repairs its metrics and marks it running.
    public func resume() throws(TrackingError) {
        store.buffer.flushQuietly(id)
        _ = store.repairMetrics(in: folder)
        try updateMeta {
            $0.set("status", .integer(Int64(RunStatus.running.rawValue)))
            $0.set("end_time", .null)
        }
        try setTag(RunTag.process, ProcessMark.current.description)
    }

    /// Brings the run and its metrics to the disk, so that they outlast a power failure. Before that it may take the
    /// values of the last seconds, or of a new run all; it never leaves half of a file.
    public func sync() throws(TrackingError) {
        try flush()
        guard staging.isDurable else { return }
        syncFolder(FileSystem.folder(of: folder))
        try onFiles { () throws(FileError) in
            for key in try metricFolder.keys() { try ApusTracking.sync(metricFolder.path(of: key)) }
        }
    }

    private func updateMeta(_ change: (inout MetaFile) -> Void) throws(TrackingError) {
        try lockingState(of: folder) { () throws(TrackingError) in
            var meta = try MetaFile(path: metaPath)
            change(&meta)
            meta.set("deleted_time", meta.optionalInteger("deleted_time").map { .integer($0) })
            try meta.write(with: staging)
        }
    }
}

extension RunStatus {
    /// A missing status means running.
    init(_ meta: MetaFile) throws(TrackingError) {
        guard meta["status"] != nil else {
            self = .running
            return
        }
        let number = try meta.integer("status")
        guard let status = RunStatus(rawValue: Int(number)) else {
            throw .damaged(path: meta.path, problem: "status \(number) is none of 1 to 5")
        }
        self = status
    }
}

func sha256(_ bytes: [UInt8]) -> String { hexadecimal(SHA256.hash(bytes)) }

/// MLflow names datasets by this; nothing is kept safe with it.
func md5(_ text: String) -> String { hexadecimal(MD5.hash(Array(text.utf8))) }
