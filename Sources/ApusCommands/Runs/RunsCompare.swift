import ApusCore
import ApusMetrics
import ApusTracking
import ArgumentParser
import FoundationEssentials
import Glibc

struct RunsCompare: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Put runs side by side, as a table or as a page.",
        discussion: """
              apus runs compare 1f0c 88ab latest
              apus runs compare --experiment bccd --html bccd.html

            The table has the parameters in which the runs differ and their metrics, the best value marked. The page \
            opens offline: parallel coordinates to brush, curves over steps or time, what differs in the configuration.

            Exit status: 0 done, 2 there is no such run.
            """)

    @OptionGroup var selection: RunSelection
    @Option(name: .customLong("metric"), help: "A metric to show; may be repeated. Without it: all but parts.")
    var metrics: [String] = []
    @Option(help: "The most runs to compare, the newest.") var limit = 50
    @Flag(help: "Parameters that are the same too.") var all = false
    @Option(help: "Write a page.", completion: .file(extensions: ["html"])) var html: String?
    @Flag(help: "Print one JSON object.") var json = false
    @OptionGroup var common: CommonOptions
    @OptionGroup var places: StoreOptions

    func validate() throws {
        guard (1...500).contains(limit) else { throw ValidationError("--limit is 1 to 500") }
    }

    func run() throws {
        let store = try places.open()
        let found = try selection.runs(in: store, view: selection.references.isEmpty ? .active : .all)
        let runs = Array(found.prefix(limit))
        if runs.count < found.count { common.terminal.say("\(runs.count) of \(found.count) runs; --limit takes more") }
        let summaries = try runs.map { try store.summary(of: $0) }
        let comparison = RunComparison(summaries, datasets: runs.map { (try? $0.datasets()) ?? [] })
        if json { try printJSON(ComparisonRecord(comparison)) }
        if let html { try write(comparison, runs, to: html) }
        if !json, html == nil { print(ComparisonTable(comparison, metrics: metrics, isComplete: all).text) }
    }

    private func write(_ comparison: RunComparison, _ runs: [Run], to path: String) throws {
        let page = try ComparisonPage(comparison, runs, metrics: metrics)
        try FileSystem.writeWhole(page.html, to: path)
        common.terminal.say("written \(path)")
    }
}

/// A comparison on the terminal: a column a run, or a line a run where there are many.
private struct ComparisonTable {
    let comparison: RunComparison
    let parameters, datasets: [RunComparison.Row<String>]
    let metrics: [RunComparison.Row<MetricValue>]

    init(_ comparison: RunComparison, metrics keys: [String], isComplete: Bool) {
        self.comparison = comparison
        parameters = comparison.parameters.filter { isComplete || $0.isDifferent }
        datasets = comparison.datasets.filter { isComplete || $0.isDifferent }
        metrics = comparison.metrics.filter { row in
            guard keys.isEmpty else { return keys.contains(row.key) }
            return row.key.count { $0 == "/" } < 2 && !RunComparison.isIncidental(metric: row.key)
        }
    }

    var text: String {
        let runs = comparison.runs
        let names = ["run"] + runs.map(\.shortID)
        let width = cellWidth
        let facts = [
            ["name"] + runs.map { shortened($0.name, width) }, ["status"] + runs.map(\.shownStatus),
            ["started"] + runs.map { shortened($0.shownStart, max(width, 16)) }, ["took"] + runs.map(\.shownDuration),
        ]
        let inputs = (datasets + parameters).map { row in
            [row.key] + row.values.map { $0.map { shortenedPath($0, width) } ?? "–" }
        }
        let outputs = metrics.map { [$0.key] + cells($0) }
        let lines = facts + inputs + outputs
        let rows = runs.count <= 6 ? [names] + lines : transposed([names] + lines)
        return table(rows[0], Array(rows.dropFirst()))
    }

    /// What fits beside the keys on a terminal.
    private var cellWidth: Int {
        guard Ink.isTerminal else { return 28 }
        let keys = (parameters + datasets).map(\.key.count).max() ?? 10
        return min(28, max(12, (Ink.width - keys) / max(comparison.runs.count, 1) - 2))
    }

    private func transposed(_ rows: [[String]]) -> [[String]] {
        rows[0].indices.map { column in rows.map { $0[column] } }
    }

    /// The best value has a star where the metric's name says which way is better.
    private func cells(_ row: RunComparison.Row<MetricValue>) -> [String] {
        let best = row.hasChoices ? row.best : nil
        return row.values.map { value in
            guard let value else { return "–" }
            return significant(value.number) + (value.number == best ? "*" : "")
        }
    }
}

extension RunComparison.Row {
    /// Whether two runs have it and differ in it.
    var hasChoices: Bool {
        let known = values.compactMap { $0 }
        return known.contains { $0 != known[0] }
    }
}

extension RunComparison.Row<MetricValue> {
    /// The best finite value, `nil` where nobody can tell.
    var best: Double? {
        let numbers = values.compactMap { $0?.number }.filter(\.isFinite)
        switch MetricDirection(metric: key) {
        case .higher: return numbers.max()
        case .lower: return numbers.min()
        case nil: return nil
        }
    }
}

private struct ComparisonRecord: Encodable {
    struct Row<Value: Encodable>: Encodable {
        var key: String
        var values: [Value?]
        var isDifferent: Bool

        enum CodingKeys: String, CodingKey {
            case key, values
            case isDifferent = "different"
        }
    }

    var runs: [RunRecord]
    var parameters, tags, datasets: [Row<String>]
    var metrics: [Row<Double>]

    init(_ comparison: RunComparison) {
        func rows(_ rows: [RunComparison.Row<String>]) -> [Row<String>] {
            rows.map { Row(key: $0.key, values: $0.values, isDifferent: $0.isDifferent) }
        }
        runs = comparison.runs.map(RunRecord.init)
        parameters = rows(comparison.parameters)
        tags = rows(comparison.tags)
        datasets = rows(comparison.datasets)
        metrics = comparison.metrics.map { row in
            let values = row.values.map { $0.flatMap { $0.number.isFinite ? $0.number : nil } }
            return Row(key: row.key, values: values, isDifferent: row.isDifferent)
        }
    }
}
