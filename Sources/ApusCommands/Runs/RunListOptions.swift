import ApusTracking
import ArgumentParser

/// How found runs are shown.
struct RunListOptions: ParsableArguments {
    @Option(name: .customLong("metric"), help: "A metric to show; may be repeated. Without it: what most runs have.")
    var metrics: [String] = []
    @Option(name: .customLong("param"), help: "A parameter to show; may be repeated.")
    var parameters: [String] = []
    @Option(name: .customLong("tag"), help: "A tag to show; may be repeated.")
    var tags: [String] = []
    @Option(help: "Show at most this many runs.") var limit: Int?
    @Flag(help: "Print a JSON array.") var json = false
    @OptionGroup var common: CommonOptions

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit is at least 1") }
    }

    func show(_ query: RunQuery, in store: TrackingStore) throws {
        let result = store.search(query)
        if json { return try printJSON(result.runs.map(RunRecord.init)) }
        let keys = metrics.isEmpty ? usualMetrics(of: result.runs) : metrics
        let header = ["run", "name", "experiment", "status", "started (UTC)"] + parameters + tags + keys
        print(table(header, result.runs.map { row($0, keys) }))
        if result.runs.count < result.matches {
            common.terminal.say("\(result.runs.count) of \(result.matches) runs; --limit shows more")
        }
    }

    private func row(_ run: RunSummary, _ keys: [String]) -> [String] {
        let status = run.isDeleted ? "deleted" : run.shownStatus
        let facts = [run.shortID, shortened(run.name, 32), shortened(run.experimentName, 24), status, run.shownStart]
        let texts = parameters.map { run.parameters[$0] } + tags.map { run.tags[$0] }
        return facts + texts.map { $0.map { shortened($0, 32) } ?? "–" }
            + keys.map { key in run.metrics[key].map { fixed($0.value) } ?? "–" }
    }

    /// What a detector is judged by where there is any, else the three metrics that most runs have.
    private func usualMetrics(of runs: [RunSummary]) -> [String] {
        let headline = ["val/mAP50", "val/mAP50-95"]
        if runs.isEmpty || runs.contains(where: { $0.metrics[headline[0]] != nil }) { return headline }
        var counts = [String: Int]()
        for key in runs.flatMap(\.metrics.keys) where !RunComparison.isIncidental(metric: key) {
            counts[key, default: 0] += 1
        }
        return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(3).map(\.key)
    }
}
