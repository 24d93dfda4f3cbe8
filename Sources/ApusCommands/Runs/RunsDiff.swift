import ApusConfiguration
import ApusTracking
import ArgumentParser
import FoundationEssentials

struct RunsDiff: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Say what is different between two runs.",
        discussion: """
              apus runs diff 1f0c latest
              apus runs diff 1f0c 88ab --only params,config --json

            Compares parameters, metrics (their latest values), datasets, tags and the stored configuration, line by \
            line. Names of runs, marks of processes and metrics that measure the machine (time/…, system/…) differ \
            between any two runs and do not count without --all.

            Exit status: 0 no difference, 1 there are differences, 2 a run is missing or damaged.
            """)

    @Argument(help: "The first run: an id, the start of one, a name, or latest.") var old: String
    @Argument(help: "The second run.") var new: String
    @Option(help: "Parts to compare, separated by commas: \(Part.allCases.map(\.rawValue).joined(separator: ", ")).")
    var only: String?
    @Option(help: "How far metrics may be apart, relative to the larger one.") var tolerance = 0.0
    @Flag(help: "Count what differs between any two runs too.") var all = false
    @Flag(help: "Print one JSON object.") var json = false
    @OptionGroup var common: CommonOptions
    @OptionGroup var places: StoreOptions

    enum Part: String, CaseIterable { case params, metrics, datasets, tags, config }

    private func parts() throws -> Set<Part> {
        guard let only else { return Set(Part.allCases) }
        return Set(
            try only.split(separator: ",").map { name in
                guard let part = Part(rawValue: name.trimmed) else {
                    throw ValidationError("--only takes \(Part.allCases.map(\.rawValue).joined(separator: ", "))")
                }
                return part
            })
    }

    func validate() throws {
        _ = try parts()
        guard tolerance >= 0, tolerance.isFinite else { throw ValidationError("--tolerance is 0 or more") }
    }

    func run() throws {
        let store = try places.open(), parts = try parts()
        var difference = try RunDifference(
            store.run(matching: old, view: .all), store.run(matching: new, view: .all), of: store,
            tolerance: tolerance, everything: all)
        difference.keep(parts)
        if json {
            try printJSON(DifferenceRecord(difference))
        } else if !common.quiet {
            print(DifferenceText(difference).text)
        }
        if !difference.isEmpty { throw ExitCode(1) }
    }
}

extension RunDifference {
    fileprivate mutating func keep(_ parts: Set<RunsDiff.Part>) {
        if !parts.contains(.params) { parameters = [] }
        if !parts.contains(.metrics) { metrics = [] }
        if !parts.contains(.datasets) { datasets = [] }
        if !parts.contains(.tags) { tags = [] }
        if !parts.contains(.config) { configuration = [] }
    }
}

/// A difference as people read it: − what the first run has, + what the second has.
private struct DifferenceText {
    let difference: RunDifference

    init(_ difference: RunDifference) { self.difference = difference }

    var text: String {
        guard !difference.isEmpty else { return "no difference" }
        let parts = [
            section("parameters", changes(difference.parameters)), section("datasets", changes(difference.datasets)),
            section("tags", changes(difference.tags)), section("metrics", metrics), configuration,
        ]
        return ([head] + parts.compactMap { $0 }).joined(separator: "\n\n")
    }

    private var head: String {
        func name(_ run: RunSummary) -> String { "\(run.shortID)  \(run.name), \(run.shownStatus), \(run.shownStart)" }
        return Ink.red("− \(name(difference.old))") + "\n" + Ink.green("+ \(name(difference.new))")
    }

    private func section(_ title: String, _ body: String) -> String? {
        body.isEmpty ? nil : Ink.bold(title) + "\n" + body
    }

    private func changes(_ changes: [RunDifference.Change]) -> String {
        let width = changes.map(\.key.count).max() ?? 0
        return changes.map { change in
            let key = change.key.padded(to: width)
            let old = change.old.map { Ink.red("− \(key)  \(shortened($0, 160))") }
            let new = change.new.map { Ink.green("+ \(key)  \(shortened($0, 160))") }
            return [old, new].compactMap { $0 }.joined(separator: "\n")
        }.joined(separator: "\n")
    }

    private var metrics: String {
        guard !difference.metrics.isEmpty else { return "" }
        let rows = difference.metrics.map { change in
            [change.key] + [change.old, change.new].map { $0.map(significant) ?? "–" } + [shownDelta(change)]
        }
        return table(["metric", "−", "+", "difference"], rows)
    }

    private func shownDelta(_ change: RunDifference.MetricChange) -> String {
        guard let delta = change.delta, delta.isFinite else { return "–" }
        return (delta > 0 ? "+" : "") + significant(delta)
    }

    private var configuration: String? {
        let text = difference.configuration.map(\.text).joined()
        guard !text.isEmpty else { return nil }
        return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            switch line.first {
            case "-": Ink.red(String(line))
            case "+": Ink.green(String(line))
            case "@": Ink.cyan(String(line))
            default: String(line)
            }
        }.joined(separator: "\n")
    }
}

private struct DifferenceRecord: Encodable {
    struct Change: Encodable {
        var key: String
        var old, new: String?
    }

    struct MetricChange: Encodable {
        var key: String
        var old, new, delta: Double?
    }

    var old, new: String
    var parameters, datasets, tags: [Change]
    var metrics: [MetricChange]
    var configuration: [String: String]

    init(_ difference: RunDifference) {
        func records(_ changes: [RunDifference.Change]) -> [Change] {
            changes.map { Change(key: $0.key, old: $0.old, new: $0.new) }
        }
        func finite(_ value: Double?) -> Double? { value.flatMap { $0.isFinite ? $0 : nil } }
        (old, new) = (difference.old.id, difference.new.id)
        parameters = records(difference.parameters)
        datasets = records(difference.datasets)
        tags = records(difference.tags)
        metrics = difference.metrics.map {
            MetricChange(key: $0.key, old: finite($0.old), new: finite($0.new), delta: finite($0.delta))
        }
        configuration = Dictionary(uniqueKeysWithValues: difference.configuration.map { ($0.file, $0.text) })
    }
}
