import ApusCore
import ApusTracking
import ArgumentParser
import FoundationEssentials
import Glibc

struct RunsExport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Copy runs out of the store, or their numbers into a table.",
        discussion: """
              apus runs export latest --output best.tar
              apus runs export --experiment bccd --output runs.csv
              apus runs export latest --output curves.csv --format metrics

            What is written follows the name's end, or --format:
              folder   a store of its own that MLflow and apus open
              tar      the same as an archive; 'apus runs relocate --store DIR' where it was unpacked
              csv      a line a run: parameters, latest metrics, tags
              metrics  a line a recorded value: run_id,run_name,metric,step,timestamp,value
              json     a list of runs with all recorded values
            - as the output is standard output.

            Exit status: 0 done, 2 there is no such run, or the output cannot be written.
            """)

    enum Format: String, CaseIterable, ExpressibleByArgument { case folder, tar, csv, metrics, json }

    @OptionGroup var selection: RunSelection
    @Option(name: .shortAndLong, help: "The file or folder to write, or -.", completion: .file()) var output: String
    @Option(help: "What to write; else by the name of the output.") var format: Format?
    @Flag(help: "Leave artifacts out of a folder or archive.") var noArtifacts = false
    @Flag(help: "Deleted runs too.") var deleted = false
    @OptionGroup var common: CommonOptions
    @OptionGroup var places: StoreOptions

    private var chosenFormat: Format {
        if let format { return format }
        switch URL(filePath: output).pathExtension.lowercased() {
        case "tar": return .tar
        case "csv": return .csv
        case "json": return .json
        default: return .folder
        }
    }

    func validate() throws {
        if output == "-", chosenFormat == .folder { throw ValidationError("say --format what goes to standard output") }
    }

    func run() throws {
        let store = try places.open()
        let runs = try selection.runs(in: store, view: deleted ? .all : .active)
        switch chosenFormat {
        case .folder:
            report(try RunExport(runs, of: store, includingArtifacts: !noArtifacts).write(toFolder: output), runs)
        case .tar:
            report(try RunExport(runs, of: store, includingArtifacts: !noArtifacts).write(toArchive: output), runs)
        case .csv: try write(MetricTable.csv(of: try runs.map { try store.summary(of: $0) }), runs)
        case .metrics: try write(try MetricTable.csv(of: runs), runs)
        case .json: try write(try json(runs, of: store), runs)
        }
    }

    private func report(_ report: RunExport.Report, _ runs: [Run]) {
        for link in report.skippedLinks { Terminal.complain("left out, since it leads out of the store: \(link)") }
        let size = "\(counted(report.files, "file")), \(shownBytes(report.bytes))"
        common.terminal.say("\(counted(runs.count, "run")) written to \(output): \(size)")
    }

    private func write(_ text: String, _ runs: [Run]) throws {
        if output == "-" { return print(text.hasSuffix("\n") ? String(text.dropLast()) : text) }
        try FileSystem.writeWhole(text, to: output)
        common.terminal.say("\(counted(runs.count, "run")) written to \(output)")
    }

    private func json(_ runs: [Run], of store: TrackingStore) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let records = try runs.map { try HistoryRecord($0, of: store) }
        return String(decoding: try encoder.encode(records), as: UTF8.self) + "\n"
    }
}

/// A run with everything that it recorded.
private struct HistoryRecord: Encodable {
    /// `[step, milliseconds since 1970, value]`; a value that is not finite is null.
    struct Point: Encodable {
        var point: MetricPoint

        func encode(to encoder: any Encoder) throws {
            var container = encoder.unkeyedContainer()
            try container.encode(point.step)
            try container.encode(point.timestamp)
            if point.value.isFinite { try container.encode(point.value) } else { try container.encodeNil() }
        }
    }

    let record: RunRecord
    let history: [String: [Point]]

    init(_ run: Run, of store: TrackingStore) throws {
        record = RunRecord(try store.summary(of: run))
        var history = [String: [Point]]()
        for key in try run.metricKeys() { history[key] = try run.history(of: key).map(Point.init) }
        self.history = history
    }

    private enum Keys: CodingKey { case history }

    func encode(to encoder: any Encoder) throws {
        try record.encode(to: encoder)
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode(history, forKey: .history)
    }
}
