/// Metric histories and runs as comma-separated values (RFC 4180), for spreadsheets and data frames.
public enum MetricTable {
    /// One line a recorded value, in the order of recording: run, its name, key, step, milliseconds since 1970, value.
    public static func csv(of runs: [Run], keys: (String) -> Bool = { _ in true }) throws(TrackingError) -> String {
        var text = "run_id,run_name,metric,step,timestamp,value\n"
        for run in runs {
            let start = "\(run.id),\(field(try run.name())),"
            for key in try run.metricKeys() where keys(key) {
                let name = field(key)
                for point in try run.history(of: key) {
                    text += "\(start)\(name),\(point.step),\(point.timestamp),\(pythonText(of: point.value))\n"
                }
            }
        }
        return text
    }

    /// One line a run: what it is, its parameters, the latest value of each metric, its tags.
    public static func csv(of runs: [RunSummary]) -> String {
        let parameters = keys(runs.map(\.parameters)), tags = keys(runs.map(\.tags)),
            metrics = keys(runs.map(\.metrics))
        let head =
            ["run_id", "run_name", "experiment", "status", "start_time", "end_time"]
            + parameters.map { "params." + $0 } + metrics.map { "metrics." + $0 } + tags.map { "tags." + $0 }
        let lines = runs.map { run -> [String] in
            let facts = [
                run.id, run.name, run.experimentName, run.status?.description ?? "", String(run.startTime),
                run.endTime.map { String($0) } ?? "",
            ]
            let values = metrics.map { key in run.metrics[key].map { pythonText(of: $0.value) } ?? "" }
            return facts + parameters.map { run.parameters[$0] ?? "" } + values + tags.map { run.tags[$0] ?? "" }
        }
        return ([head] + lines).map { $0.map(field).joined(separator: ",") + "\n" }.joined()
    }

    private static func keys<Value>(_ values: [[String: Value]]) -> [String] {
        Set(values.flatMap(\.keys)).sorted()
    }

    static func field(_ text: String) -> String {
        guard text.contains(where: { ",\"".contains($0) || $0.isNewline }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}
