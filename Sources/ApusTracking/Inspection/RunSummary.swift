import ApusCore

/// A run at a glance. A damaged run has a summary too: what could be read, and what was wrong.
public struct RunSummary: Equatable, Sendable {
    public var id: String
    public var name: String
    public var experimentID: String
    public var experimentName: String
    /// `nil` where it could not be read.
    public var status: RunStatus?
    /// Whether the run says it is running but its process is gone.
    public var isAbandoned = false
    public var isDeleted = false
    /// Milliseconds since 1970.
    public var startTime: Int64 = 0
    public var endTime: Int64?
    /// The latest value of each metric.
    public var metrics: [String: MetricPoint] = [:]
    public var parameters: [String: String] = [:]
    public var tags: [String: String] = [:]
    /// What is wrong with the run's files; empty for a sound run.
    public var problems: [String] = []

    /// Milliseconds from start to end, or until now.
    public var duration: Int64 { max(0, (endTime ?? currentMilliseconds()) - startTime) }
}

extension TrackingStore {
    /// Every run of the store or of one experiment, newest first; damaged runs are reported, not thrown.
    ///
    /// - Parameter includingValues: whether metrics, parameters and tags are read too.
    public func runSummaries(in experiment: Experiment? = nil, includingValues: Bool = true) -> [RunSummary] {
        buffer.flushQuietly()
        let experiments = experiment.map { [$0] } ?? self.experiments()
        let places = experiments.flatMap { experiment in
            Run.folders(in: experiment.folder).map { (folder: $0, experiment: experiment) }
        }
        let summaries = Mutex([RunSummary]())
        parallelFor(places.count, threads: waitingThreads) { index in
            let (folder, experiment) = places[index]
            let summary = summary(of: folder, in: experiment, includingValues: includingValues)
            summaries.withLock { $0.append(summary) }
        }
        return summaries.withLock { $0.sorted { ($0.startTime, $0.id) > ($1.startTime, $1.id) } }
    }

    /// Runs that are not deleted and satisfy `predicate`, newest first; see `search` for MLflow's filter language.
    public func searchRuns(
        in experiment: Experiment? = nil, where predicate: (RunSummary) -> Bool
    ) -> [RunSummary] {
        runSummaries(in: experiment).filter { !$0.isDeleted && predicate($0) }
    }

    func summary(of folder: String, in experiment: Experiment, includingValues: Bool) -> RunSummary {
        let id = FileSystem.fileName(of: folder)
        var summary = RunSummary(id: id, name: id, experimentID: experiment.id, experimentName: experiment.name)
        do throws(FileError) {
            var reader = try FolderReader(path: folder)
            summary.read(&reader, includingValues: includingValues)
        } catch {
            summary.problems.append(error.description)
        }
        return summary
    }
}

extension RunSummary {
    fileprivate mutating func read(_ folder: inout FolderReader, includingValues: Bool) {
        for name in ["metrics", "params", "artifacts"] where !folder.isFolder(name) {
            problems.append("\(folder.path): no folder \(name)/")
        }
        note { summary throws(FileError) in
            summary.noteMeta("\(folder.path)/meta.yaml", try folder.text(of: "meta.yaml").text)
        }
        if includingValues {
            note { summary throws(FileError) in
                try folder.forEach(in: "tags") { key, bytes, _ in
                    summary.tags[key] = String(decoding: bytes, as: UTF8.self)
                }
            }
            note { summary throws(FileError) in
                try folder.forEach(in: "params") { key, bytes, _ in
                    summary.parameters[key] = String(decoding: bytes, as: UTF8.self)
                }
            }
            readMetrics(&folder)
        }
        noteProcess(&folder)
    }

    /// Runs one part of reading; its failure becomes a problem.
    private mutating func note(_ read: (inout RunSummary) throws(FileError) -> Void) {
        do throws(FileError) { try read(&self) } catch { problems.append(error.description) }
    }

    private mutating func noteMeta(_ path: String, _ text: String) {
        do throws(TrackingError) { try readMeta(path, text) } catch { problems.append(error.description) }
    }

    private mutating func readMeta(_ path: String, _ text: String) throws(TrackingError) {
        let meta = try MetaFile(path: path, text: text)
        name = meta.optionalText("run_name") ?? id
        isDeleted = meta.optionalText("lifecycle_stage") == "deleted"
        endTime = meta.optionalInteger("end_time")
        startTime = try meta.integer("start_time")
        let recorded = try meta.text("run_id")
        guard recorded == id else { throw .damaged(path: meta.path, problem: "run_id is \(recorded), not \(id)") }
        status = try RunStatus(meta)
    }

    private mutating func readMetrics(_ folder: inout FolderReader) {
        let path = folder.path
        note { summary throws(FileError) in
            try folder.forEach(in: "metrics") { key, bytes, _ in
                let contents = MetricFile.parse(bytes)
                if let problem = contents.problem { summary.problems.append("\(path)/metrics/\(key): \(problem)") }
                summary.metrics[key] = contents.points.max(by: MetricPoint.isEarlier)
            }
        }
    }

    private mutating func noteProcess(_ folder: inout FolderReader) {
        guard status == .running else { return }
        let mark = try? folder.text(of: "tags/" + RunTag.process)
        isAbandoned = mark.flatMap { ProcessMark($0.text) }?.mayBeAlive == false
    }
}
