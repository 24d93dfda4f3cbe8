import ApusCore
import ApusMetrics
import ApusTracking

/// A gate as a run of the store, so that it can be found again.
struct GateRecord {
    let report: GateReport
    /// The file of rules.
    let rules: String

    func log(to store: TrackingStore) throws {
        let experiment = try store.experiment(named: TrackingStore.gateExperiment)
        var tags = [GateTag.verdict: report.verdict.rawValue, "apus.gate.rules": FileSystem.fileName(of: rules)]
        tags[GateTag.candidate] = report.candidate
        tags[GateTag.baseline] = report.baseline
        for (key, value) in report.identity { tags["apus.gate." + key] = value }
        let run = try store.createRun(
            in: experiment, name: "gate of \(report.candidate ?? "a candidate")", tags: tags)
        for row in report.rows { try log(row, to: run) }
        try run.logArtifact(bytes: report.jsonData(), as: "gate.json")
        try run.logArtifact(text: report.markdown, as: "gate.md")
        try run.logArtifact(text: report.html, as: "gate.html")
        try run.finish(.finished)
    }

    /// A row whose name the store does not take is in the artifacts alone.
    private func log(_ row: GateReport.Row, to run: Run) throws {
        let name = row.metric.replacing("(", with: "").replacing(")", with: "")
        var metrics: [String: Double] = [:]
        metrics[name] = row.candidate
        metrics["delta/" + name] = row.delta
        metrics["delta/lower/" + name] = row.interval?.lower
        metrics["delta/upper/" + name] = row.interval?.upper
        do { try run.log(metrics: metrics, step: 0) } catch TrackingError.invalidKey { return }
    }
}
