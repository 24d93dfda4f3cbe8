import ApusCore

extension TrackingStore {
    /// The one run that a command's argument means: an id, the beginning of one (4 letters at least), a name, or
    /// `latest`, the newest that trained something.
    ///
    /// - Parameter isExact: whether a name that several runs have is refused, where something is to be changed; else
    ///   the newest of them is meant.
    public func run(
        matching text: String, view: LifecycleView, exactly isExact: Bool = false
    ) throws(TrackingError) -> Run {
        // A whole id needs no look at all the others.
        if let run = try? run(id: text), view.includes(isDeleted: (try? run.isDeleted()) ?? false) { return run }
        return run(try summary(matching: text, view: view, exactly: isExact))
    }

    /// The run that a summary is of; one of a deleted experiment too.
    public func run(_ summary: RunSummary) -> Run {
        let folder = "\(root)/\(summary.experimentID)/\(summary.id)"
        let deleted = "\(root)/.trash/\(summary.experimentID)/\(summary.id)"
        return Run(
            store: self, experimentID: summary.experimentID, id: summary.id,
            folder: !FileSystem.isFolder(folder) && FileSystem.isFolder(deleted) ? deleted : folder)
    }

    private func summary(
        matching text: String, view: LifecycleView, exactly isExact: Bool
    ) throws(TrackingError) -> RunSummary {
        let all = runSummaries(includingValues: false)
        let summaries = all.filter { view.includes(isDeleted: $0.isDeleted) }
        if let known = summaries.first(where: { $0.id == text }) { return known }
        if text == "latest", let newest = summaries.first(where: isTraining) { return newest }
        let named = summaries.filter { $0.name == text }
        if let newest = named.first, !isExact || named.count == 1 { return newest }
        let near = text.utf8.count >= 4 && named.isEmpty ? summaries.filter { $0.id.hasPrefix(text) } : named
        if near.count == 1 { return near[0] }
        guard near.isEmpty else {
            throw .ambiguous(text, candidates: near.prefix(5).map { String($0.id.prefix(12)) })
        }
        throw missing(text, view, among: all)
    }

    private func isTraining(_ run: RunSummary) -> Bool { run.experimentName != TrackingStore.gateExperiment }

    /// Says where the run is instead.
    private func missing(_ text: String, _ view: LifecycleView, among all: [RunSummary]) -> TrackingError {
        let isKnown = all.contains {
            $0.id == text || $0.name == text || (text.utf8.count >= 4 && $0.id.hasPrefix(text))
        }
        switch view {
        case .active where isKnown:
            return .refused("run '\(text)' is deleted", remedy: "bring it back: apus runs restore \(text)")
        case .deleted where isKnown:
            return .refused("run '\(text)' is not deleted", remedy: "'apus runs list --deleted' shows what is")
        case .deleted: return .notFound("deleted run '\(text)'", remedy: "'apus runs list --deleted' shows what is")
        default: return .notFound("run '\(text)'", remedy: "'apus runs list' shows what there is")
        }
    }

    /// The experiment that a command's argument means: a name or an id.
    public func experiment(
        matching text: String, view: LifecycleView = .active
    ) throws(TrackingError) -> Experiment {
        let all = experiments(includingDeleted: true)
        let found = all.filter { view.includes(isDeleted: $0.isDeleted) }
        if let experiment = found.first(where: { $0.name == text }) ?? found.first(where: { $0.id == text }) {
            return experiment
        }
        guard all.contains(where: { $0.name == text || $0.id == text }) else {
            throw .notFound("experiment '\(text)'", remedy: "'apus runs experiments' shows what there is")
        }
        let isDeleted = view == .active
        throw .refused(
            "experiment '\(text)' is \(isDeleted ? "" : "not ")deleted",
            remedy: isDeleted
                ? "bring it back: apus runs restore --experiment '\(text)'"
                : "'apus runs experiments' shows what there is")
    }

    /// The runs below runs: those that name one as their parent, and so on; the newest first.
    public func children(of runs: [Run], view: LifecycleView = .active) throws(TrackingError) -> [RunSummary] {
        var query = try RunQuery("tags.`\(RunTag.parentRun)` IS NOT NULL")
        query.view = view
        let nested = search(query).runs
        let byParent = Dictionary(grouping: nested) { $0.tags[RunTag.parentRun] ?? "" }
        var seen = Set(runs.map(\.id)), open = runs.map(\.id), found = Set<String>()
        while let parent = open.popLast() {
            for child in byParent[parent] ?? [] where seen.insert(child.id).inserted {
                found.insert(child.id)
                open.append(child.id)
            }
        }
        return nested.filter { found.contains($0.id) }
    }
}
