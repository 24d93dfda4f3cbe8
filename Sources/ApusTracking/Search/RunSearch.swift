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
    /// Of how many runs files had to be read because the index did not know them as they are.
    public var runsRead: Int
}

extension TrackingStore {
    /// Runs that satisfy a query, as MLflow's `search_runs` finds and orders them.
    ///
    /// Of each run the files that the query asks for are read. An index beside the store remembers them. Nothing in it is
    /// believed before the stamp of the very file that it came from was compared, and the runs that are returned are
    /// read from their files.
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
        let runs = parallelMap(shown.count, threads: waitingThreads) { index in
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

    private struct Look: Sendable {
        var isRun: Bool
        /// What is to be remembered of a run that the index did not know as it is.
        var record: RunRecord?
        var candidate: Candidate?
    }

    func run(usingIndex isIndexed: Bool) -> (candidates: [Candidate], runsRead: Int) {
        let names = runNames()
        let path = RunIndex.path(of: experiment.id, root: store.root)
        let rows =
            (isIndexed ? RunIndex(path: path) : nil)?.rows(of: names) ?? Array(repeating: nil, count: names.count)
        let folder = open(experiment.folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { if folder >= 0 { close(folder) } }
        let looks = parallelMap(names.count, threads: waitingThreads) { look(at: names[$0], rows[$0], in: folder) }
        let read = looks.count { $0.record != nil }
        if isIndexed, read > names.count / 100 { remember(looks, rows, at: path) }
        return (looks.compactMap(\.candidate), read)
    }

    private func runNames() -> [String] {
        ((try? folderEntries(experiment.folder)) ?? []).filter { $0.isFolder && !Run.reservedNames.contains($0.name) }
            .map(\.name)
    }

    private func look(at name: String, _ row: RunIndex.Row?, in folder: Int32) -> Look {
        guard folder >= 0, var run = RunLook(name, row, in: folder) else { return Look(isRun: false) }
        let isSought = query.view.includes(isDeleted: run.isDeleted || experiment.isDeleted)
        let candidate = isSought ? candidate(&run) : nil
        return Look(isRun: true, record: run.record, candidate: candidate)
    }

    private func candidate(_ run: inout RunLook) -> Candidate? {
        let name = run.name
        let isAccepted = query.filter.accepts { field in
            if case .dataset(let part) = field { return datasetValues(part, of: name) }
            return [run.value(field)]
        }
        guard isAccepted else { return nil }
        return Candidate(
            experiment: number, id: name, start: run.start, values: query.orders.map { run.value($0.field) })
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
        let records = zip(looks, rows).compactMap { look, row in look.isRun ? look.record ?? row?.record : nil }
        guard let bytes = RunIndexWriter.bytes(of: records) else { return }
        try? FileSystem.createFolder(FileSystem.folder(of: path))
        try? store.staging.replace(path, with: bytes)
    }
}
