import ApusCore

/// What is different between two runs.
public struct RunDifference: Sendable {
    /// A value that is another, is only in the first, or only in the second.
    public struct Change: Equatable, Sendable {
        public var key: String
        public var old: String?
        public var new: String?
    }

    public struct MetricChange: Equatable, Sendable {
        public var key: String
        public var old: Double?
        public var new: Double?

        public var delta: Double? {
            guard let old, let new else { return nil }
            return new - old
        }
    }

    public var old, new: RunSummary
    public var parameters, tags, datasets: [Change]
    public var metrics: [MetricChange]
    /// The stored configuration, file by file, as a unified difference; empty texts are left out.
    public var configuration: [(file: String, text: String)]

    public var isEmpty: Bool {
        parameters.isEmpty && tags.isEmpty && datasets.isEmpty && metrics.isEmpty && configuration.isEmpty
    }

    /// - Parameters:
    ///   - tolerance: how far metrics may be apart, relative to the larger one.
    ///   - isComplete: whether tags and metrics count too that differ between any two runs.
    public init(
        _ old: Run, _ new: Run, of store: TrackingStore, tolerance: Double = 0, everything isComplete: Bool = false
    ) throws(TrackingError) {
        self.old = try store.summary(of: old)
        self.new = try store.summary(of: new)
        let both = RunComparison([self.old, self.new], datasets: [try old.datasets(), try new.datasets()])
        parameters = Self.changes(both.parameters)
        datasets = Self.changes(both.datasets)
        tags = Self.changes(both.tags).filter { isComplete || !RunComparison.incidentalTags.contains($0.key) }
        metrics = both.metrics.compactMap { row in
            guard row.isDifferent, isComplete || !RunComparison.isIncidental(metric: row.key) else { return nil }
            let change = MetricChange(key: row.key, old: row.values[0]?.number, new: row.values[1]?.number)
            return change.isWithin(tolerance) ? nil : change
        }
        configuration = try Self.configurationChanges(old, new)
    }

    private static func changes(_ rows: [RunComparison.Row<String>]) -> [Change] {
        rows.filter(\.isDifferent).map { Change(key: $0.key, old: $0.values[0], new: $0.values[1]) }
    }

    public static func configurationChanges(
        _ old: Run, _ new: Run
    ) throws(TrackingError) -> [(file: String, text: String)] {
        let files = try (old.artifacts() + new.artifacts()).filter { $0.hasPrefix("config/") }
        var changes = [(file: String, text: String)]()
        for file in Set(files).sorted() {
            guard let a = try text(file, of: old), let b = try text(file, of: new) else { continue }
            let text = TextDifference(a, b).unified(old: "a/\(file)", new: "b/\(file)")
            if !text.isEmpty { changes.append((file, text)) }
        }
        return changes
    }

    /// Empty where the run has no such file; `nil` for what is large or no text.
    private static func text(_ file: String, of run: Run) throws(TrackingError) -> String? {
        let path = run.artifactPath + "/" + file
        guard FileSystem.exists(path) else { return "" }
        let bytes = try onFiles { () throws(FileError) in try FileSystem.read(path) }
        guard bytes.count <= 1 << 20, !bytes.contains(0) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension RunDifference.MetricChange {
    fileprivate func isWithin(_ tolerance: Double) -> Bool {
        guard let old, let new, let delta else { return false }
        return abs(delta) <= tolerance * max(abs(old), abs(new))
    }
}

extension TrackingStore {
    /// The whole summary of one run.
    public func summary(of run: Run) throws(TrackingError) -> RunSummary {
        run.store.buffer.flushQuietly(run.id)
        let experiment = try Experiment(folder: FileSystem.folder(of: run.folder))
        return summary(of: run.folder, in: experiment, includingValues: true)
    }

    /// A run's name, status and times, without its values.
    public func state(of run: Run) throws(TrackingError) -> RunSummary {
        let experiment = try Experiment(folder: FileSystem.folder(of: run.folder))
        return summary(of: run.folder, in: experiment, includingValues: false)
    }
}
