import ApusTracking
import ArgumentParser
import Foundation

public struct Runs: ParsableCommand {
    public static let configuration = CommandConfiguration(
        abstract: "Look into the tracking store.", subcommands: [List.self, Search.self, Show.self, Check.self])

    public init() {}

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List runs, newest first.", discussion: "  apus runs list --metric val/mAP50")

        @OptionGroup var output: RunListOptions
        @OptionGroup var places: PlaceOptions

        func run() throws { try output.show(try RunQuery("", limit: output.limit), places) }
    }

    struct Search: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Find runs by MLflow's filter language.",
            discussion: """
                  apus runs search 'metrics.`val/mAP50` > 0.5 and params.lr = "0.01"' --order 'metrics.`val/mAP50` DESC'

                Fields are metrics.KEY, params.KEY, tags.KEY, datasets.name, .digest and .context, and attributes \
                such as status, run_name, start_time. Numbers compare by = != < <= > >=, texts by = != LIKE ILIKE; \
                params and tags take IS NULL too, run_id and datasets IN ('a', 'b'). Conditions are joined by and. \
                Keys with a space or comma stand between backquotes.

                Exit status: 0 done, 2 the filter cannot be read.
                """)

        @Argument(help: "The filter; without one every run is found.") var filter = ""
        @Option(
            name: .customLong("order"),
            help: "A field, with DESC for the highest first; may be repeated, the first decides.")
        var orders: [String] = []
        @Option(help: "Only this experiment.") var experiment: String?
        @OptionGroup var output: RunListOptions
        @OptionGroup var places: PlaceOptions

        func run() throws {
            var query = try RunQuery(filter, orderedBy: orders, limit: output.limit)
            if let experiment {
                guard let found = try places.quickStore().findExperiment(named: experiment) else {
                    throw TrackingError.notFound(
                        "experiment '\(experiment)'", remedy: "'apus runs list' shows what there is")
                }
                query.experiment = found
            }
            try output.show(query, places)
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a run's parameters, metrics and artifacts.", discussion: "  apus runs show latest")

        @Argument(help: ArgumentHelp("A run: an id, the start of one, or latest.", valueName: "run")) var reference:
            String
        @Flag(help: "Print one JSON object.") var json = false
        @OptionGroup var places: PlaceOptions

        func run() throws {
            let store = try places.store()
            let found = try store.run(matching: reference)
            guard let summary = store.runSummaries().first(where: { $0.id == found.id }) else { return }
            if json { return try printJSON(RunRecord(summary)) }
            print("run \(summary.id), \(summary.name), of \(summary.experimentName)")
            print("\(shown(summary)), started \(time(summary)), took \(fixed(Double(summary.duration) / 1000, 0)) s")
            for input in try found.datasets() { print("dataset \(input.name) \(input.digest)") }
            for problem in summary.problems { print("! \(problem)") }
            print(
                "\n"
                    + table(
                        ["metric", "step", "value"],
                        summary.metrics.sorted { $0.key < $1.key }.map {
                            [$0.key, "\($0.value.step)", significant($0.value.value)]
                        }))
            print(
                "\n"
                    + table(
                        ["parameter", "value"],
                        summary.parameters.sorted { $0.key < $1.key }.map { [$0.key, $0.value] }))
            print("\nartifacts in \(found.artifactPath)")
            for artifact in try found.artifacts() { print("  \(artifact)") }
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "fsck", abstract: "Find damage in the store.",
            discussion: "  apus runs fsck\n\nExit status: 0 sound or warnings only, 1 damage was found.")

        @OptionGroup var places: PlaceOptions

        func run() throws {
            let findings = try places.store().check()
            for finding in findings { print(finding) }
            if findings.contains(where: { $0.severity == .error }) { throw ExitCode(1) }
            if findings.isEmpty { print("sound") }
        }
    }
}

/// How found runs are shown.
struct RunListOptions: ParsableArguments {
    @Option(name: .customLong("metric"), help: "A metric to show; may be repeated.")
    var metrics: [String] = ["val/mAP50", "val/mAP50-95"]
    @Option(help: "Show at most this many runs.") var limit: Int?
    @Flag(help: "Print a JSON array.") var json = false
    @OptionGroup var common: CommonOptions

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit is at least 1") }
    }

    func show(_ query: RunQuery, _ places: PlaceOptions) throws {
        let result = try places.quickStore().search(query)
        if json { return try printJSON(result.runs.map(RunRecord.init)) }
        print(table(["run", "experiment", "status", "started (UTC)"] + metrics, result.runs.map(row)))
        if result.runs.count < result.matches {
            common.terminal.say("\(result.runs.count) of \(result.matches) runs; --limit shows more")
        }
    }

    private func row(_ summary: RunSummary) -> [String] {
        return [
            String(summary.id.prefix(8)), summary.experimentName, shown(summary),
            time(summary),
        ] + metrics.map { name in summary.metrics[name].map { fixed($0.value) } ?? "–" }
    }
}

private func shown(_ summary: RunSummary) -> String {
    if !summary.problems.isEmpty { return "damaged" }
    return summary.isAbandoned ? "abandoned" : summary.status.map { "\($0)" } ?? "unknown"
}

private func time(_ summary: RunSummary) -> String {
    let start = Date(timeIntervalSince1970: Double(summary.startTime) / 1000)
    return start.formatted(.iso8601.year().month().day().time(includingFractionalSeconds: false))
}

/// Five significant digits: more than that is noise.
private func significant(_ value: Double) -> String { String(format: "%.5g", value) }

struct RunRecord: Encodable {
    var id, name, experiment: String
    var status: String?
    var startTime: Int64
    var endTime: Int64?
    var metrics: [String: Double]
    var parameters, tags: [String: String]
    var problems: [String]

    init(_ summary: RunSummary) {
        id = summary.id
        name = summary.name
        experiment = summary.experimentName
        status = summary.status.map { "\($0)" }
        startTime = summary.startTime
        endTime = summary.endTime
        metrics = summary.metrics.mapValues(\.value).filter { $0.value.isFinite }
        parameters = summary.parameters
        tags = summary.tags
        problems = summary.problems
    }

    enum CodingKeys: String, CodingKey {
        case id, name, experiment, status, metrics, parameters, tags, problems
        case startTime = "start_time"
        case endTime = "end_time"
    }
}
