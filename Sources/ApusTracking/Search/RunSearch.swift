import ApusCore
import Glibc

/// What to look for among the runs.
public struct RunQuery: Sendable {
    public var filter: RunFilter
    /// The first decides, the next where it leaves runs equal; then the newest run comes first.
    public var orders: [RunOrder]
    /// `nil` searches every experiment that is not deleted.
    public var experiment: Experiment?
    /// The most runs to return; `nil` for all.
    public var limit: Int?
    /// Deleted runs are not looked for unless they are asked for.
    public var view = LifecycleView.active

    public init(filter: RunFilter, orders: [RunOrder] = [], experiment: Experiment? = nil, limit: Int? = nil) {
        self.filter = filter
        self.orders = orders
        self.experiment = experiment
        self.limit = limit
    }

    /// The same in MLflow's words.
    public init(
        _ filter: String, orderedBy orders: [String] = [], in experiment: Experiment? = nil, limit: Int? = nil
    ) throws(TrackingError) {
        var read = [RunOrder]()
        for order in orders { read.append(try RunOrder(order)) }
        self.init(filter: try RunFilter(filter), orders: read, experiment: experiment, limit: limit)
    }
}

/// The runs that a search found.
public struct RunSearchResult: Equatable, Sendable {
    public var runs: [RunSummary]
    /// How many there are without the limit.
    public var matches: Int
    /// How many runs had to be read whole because the index did not know them as they are.
    public var runsRead: Int
}

extension TrackingStore {
    /// Runs that satisfy a query, as MLflow's `search_runs` finds and orders them.
    ///
    /// An index beside the store remembers what was read. Nothing in it is believed before the stamp of the very file
    /// that it came from was compared, and the runs that are returned are read from their files.
    ///
    /// - Parameter isIndexed: `false` reads every run and leaves the index alone.
    public func search(_ query: RunQuery, usingIndex isIndexed: Bool = true) -> RunSearchResult {
        buffer.flushQuietly()
        let experiments = query.experiment.map { [$0] } ?? experiments(includingDeleted: query.view != .active)
        var candidates = [Candidate](), runsRead = 0
        for (number, experiment) in experiments.enumerated() {
            let part = ExperimentSearch(store: self, experiment: experiment, number: number, query: query)
            let found = part.run(usingIndex: isIndexed)
            candidates += found.candidates
            runsRead += found.runsRead
        }
        let sorted = candidates.sorted { $0.precedes($1, query.orders) }
        let shown = Array(sorted.prefix(max(0, query.limit ?? sorted.count)))
        let runs = parallelMap(shown.count, threads: availableCores) { index in
            let experiment = experiments[shown[index].experiment]
            return summary(of: "\(experiment.folder)/\(shown[index].id)", in: experiment, includingValues: true)
        }
        return RunSearchResult(runs: runs, matches: candidates.count, runsRead: runsRead)
    }
}

/// A run that satisfies a query's filter.
private struct Candidate: Sendable {
    var experiment: Int
    var id: String
    var start: Int64
    var values: [FieldValue]

    func precedes(_ other: Candidate, _ orders: [RunOrder]) -> Bool {
        for (number, order) in orders.enumerated() {
            if let isFirst = order.precedes(values[number], other.values[number]) { return isFirst }
        }
        return start != other.start ? start > other.start : id < other.id
    }
}

/// The part of a search that concerns one experiment.
private struct ExperimentSearch: Sendable {
    let store: TrackingStore
    let experiment: Experiment
    let number: Int
    let query: RunQuery

    private enum Look: Sendable {
        /// The index knew all that was asked for.
        case known(Candidate?)
        case read(RunRecord, Candidate?)
        case noRun

        var candidate: Candidate? {
            switch self {
            case .known(let candidate), .read(_, let candidate): candidate
            case .noRun: nil
            }
        }
    }

    func run(usingIndex isIndexed: Bool) -> (candidates: [Candidate], runsRead: Int) {
        let names = runNames()
        let path = RunIndex.path(of: experiment.id, root: store.root)
        let rows =
            (isIndexed ? RunIndex(path: path) : nil)?.rows(of: names) ?? Array(repeating: nil, count: names.count)
        let folder = open(experiment.folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { if folder >= 0 { close(folder) } }
        let looks = parallelMap(names.count, threads: availableCores) { look(at: names[$0], rows[$0], in: folder) }
        let read = looks.count { if case .read = $0 { true } else { false } }
        if isIndexed, read > names.count / 100 { remember(looks, rows, at: path) }
        return (looks.compactMap(\.candidate), read)
    }

    private func runNames() -> [String] {
        ((try? folderEntries(experiment.folder)) ?? []).filter { $0.isFolder && !Run.reservedNames.contains($0.name) }
            .map(\.name)
    }

    private func look(at name: String, _ row: RunIndex.Row?, in folder: Int32) -> Look {
        if let row, folder >= 0, row.metaStamp == FileStamp(of: name + "/meta.yaml", in: folder) {
            var known = KnownRun(row: row, name: name, folder: folder)
            let candidate = candidate(name, row.isDeleted, start: row.startTime) { known.value($0) }
            if known.isCurrent { return .known(candidate) }
        }
        guard folder >= 0, let record = RunRecord(name, in: folder) else { return .noRun }
        let candidate = candidate(name, record.isDeleted, start: record.start) { record.value($0) }
        return .read(record, candidate)
    }

    private func candidate(
        _ name: String, _ isDeleted: Bool, start: Int64, _ value: (RunField) -> FieldValue
    ) -> Candidate? {
        guard query.view.includes(isDeleted: isDeleted || experiment.isDeleted) else { return nil }
        let isAccepted = query.filter.accepts { field in
            if case .dataset(let part) = field { return datasetValues(part, of: name) }
            return [value(field)]
        }
        guard isAccepted else { return nil }
        return Candidate(experiment: number, id: name, start: start, values: query.orders.map { value($0.field) })
    }

    private func datasetValues(_ field: DatasetField, of name: String) -> [FieldValue] {
        let run = Run(store: store, experimentID: experiment.id, id: name, folder: experiment.folder + "/" + name)
        return ((try? run.datasets()) ?? []).map { dataset in
            switch field {
            case .name: .text(dataset.name)
            case .digest: .text(dataset.digest)
            case .context: dataset.context.map { .text($0) } ?? .none
            }
        }
    }

    /// Writes the index anew; a store that cannot be written to is searched without one.
    private func remember(_ looks: [Look], _ rows: [RunIndex.Row?], at path: String) {
        let records = zip(looks, rows).compactMap { look, row -> RunRecord? in
            switch look {
            case .known: row?.record
            case .read(let record, _): record.isSound ? record : nil
            case .noRun: nil
            }
        }
        guard let bytes = RunIndexWriter.bytes(of: records) else { return }
        try? FileSystem.createFolder(FileSystem.folder(of: path))
        try? store.staging.replace(path, with: bytes)
    }
}

/// A run as the index knows it; every value is taken only after its file was found unchanged.
private struct KnownRun {
    let row: RunIndex.Row
    let name: String
    let folder: Int32
    private(set) var isCurrent = true

    init(row: RunIndex.Row, name: String, folder: Int32) {
        self.row = row
        self.name = name
        self.folder = folder
    }

    mutating func value(_ field: RunField) -> FieldValue {
        switch field {
        case .metric(let key):
            let known = row.metric(key)
            confirm(known?.stamp, "metrics/" + key)
            return known.map { .number($0.point.value) } ?? .none
        case .parameter(let key):
            let known = row.parameter(key)
            confirm(known?.stamp, "params/" + key)
            return known.map { .text($0.text) } ?? .none
        case .tag(let key):
            let known = row.tag(key)
            confirm(known?.stamp, "tags/" + key)
            return known.map { .text($0.text) } ?? .none
        case .attribute(let attribute): return row.value(attribute)
        case .dataset: return .none
        }
    }

    private mutating func confirm(_ stamp: FileStamp?, _ path: String) {
        if FileStamp(of: "\(name)/\(path)", in: folder) != stamp { isCurrent = false }
    }
}
