import ApusCommands
import ApusConfiguration
import ApusCore
import ApusMetrics
import ApusTorch
import ApusTracking
import ApusTraining
import ArgumentParser
import Foundation

struct GateCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Pass or stop a candidate by rules, against a baseline (what `apus gate` alone does).",
        discussion: """
            Candidate and baseline are runs, model versions, ONNX files, files of `apus gate baseline`, or JSON files of \
            `apus evaluate --json`, which have numbers but no matches. Models are measured on the same dataset version \
            and split, and what was measured before is taken from the workspace's cache.

              apus gate experiments/garments-gate.yaml --candidate latest --baseline garments@champion --split test
              apus gate gate.yaml --candidate garments/7 --baseline garments@champion --promote champion
              apus gate gate.yaml --candidate model.onnx --dataset data.yaml --baseline baseline.json --junit gate.xml

            Rules: `- metric: mAP50` with `min`, `max` (of the value as it was measured), `max_regression` (0.01, or 2%), \
            `min_improvement` (of the difference, with a 95 % interval); `class: NAME` or `classes: all`, `slice: NAME`, \
            `min_instances`, `severity: warn`. Beside the model's metrics there are latency_ms and model_bytes. At the \
            top, `images: N` says how many images there must be.

            A difference fails only where it is proved, and warns where it is open.

            Exit status: 0 pass, 1 regression, 2 misconfigured (a missing metric, unlike datasets, a wrong file).
            """)

    @Argument(help: "A file of rules.", completion: .file(extensions: ["yaml"])) var rules: String?
    @Option(help: "What shall pass.") var candidate: String
    @Option(help: "What it is held against.") var baseline: String?
    @Option(help: "On a pass, point this alias of the registry at the candidate, a registered version.") var promote:
        String?
    @OptionGroup var measuring: GateMeasuring
    @Flag(help: "Print the report as one JSON object.") var json = false
    @Flag(help: "Print the report as Markdown, for a pull request.") var markdown = false
    @Flag(help: "Append the report as Markdown to the file that $GITHUB_STEP_SUMMARY names.") var summary = false
    @Option(help: "Write the report as JUnit XML.", completion: .file(extensions: ["xml"])) var junit: String?
    @Option(help: "Write the report as an HTML page that opens offline.", completion: .file(extensions: ["html"]))
    var report: String?
    @Flag(
        help: "Compare the candidate in LibTorch, our runtime and onnxruntime on the same images, and changed images.")
    var parity = false
    @Flag(help: "Leave no run in the store.") var noRecord = false

    func run() throws {
        Torch.start()
        if parity { return try compareEngines() }
        guard let path = rules else { throw ValidationError("Name a file of rules, or --parity.") }
        let rules = try Configuration.decode(GateRules.self, path: path)
        let (candidate, baseline) = try subjects(rules)
        let promotion = try promote.map { try Promotion(of: candidate, to: $0, in: try measuring.places.store()) }
        let report = rules.evaluate(candidate: candidate.subject, baseline: baseline?.subject)
        try write(report)
        if !noRecord { record(report, rules: path) }
        if report.exitCode != 0 { throw ExitCode(report.exitCode) }
        if let promotion {
            try promotion.carryOut(rules: path)
            measuring.terminal.say(promotion.description)
        }
    }

    private func compareEngines() throws {
        try GateParity(
            reference: candidate, split: measuring.split, dataset: measuring.dataset, isJSON: json,
            places: measuring.places, terminal: measuring.terminal
        ).run()
    }

    private func subjects(_ rules: GateRules) throws -> (GatedModel, GatedModel?) {
        var candidate = try measuring.model(self.candidate)
        var baseline = try self.baseline.map { try measuring.model($0, on: candidate.data) }
        if rules.rules.contains(where: { $0.metric == GatedModel.latency }) {
            try measuring.time(&candidate, &baseline)
        }
        if rules.rules.contains(where: { $0.slice != nil }) {
            candidate.subject.slices = try slices(of: candidate) ?? baseline.flatMap(slices) ?? []
        }
        return (candidate, baseline)
    }

    /// The parts of the data that rules can name; `nil` for a file, which brings no images.
    private func slices(of side: GatedModel) throws -> [ImageSlice]? {
        guard let data = side.data, let model = side.model else { return nil }
        return try ImageSlices.all(of: data.indices(of: measuring.split), in: data, task: model.task)
    }

    private func write(_ report: GateReport) throws {
        print(json ? String(decoding: report.jsonData(), as: UTF8.self) : markdown ? report.markdown : report.text)
        if let junit { try write(report.junit, to: junit) }
        if let path = self.report { try write(report.html, to: path) }
        if summary { try appendSummary(report.markdown) }
    }

    private func write(_ text: String, to path: String) throws {
        try FileSystem.createFolder(FileSystem.folder(of: path))
        try FileSystem.writeWhole(text, to: path)
        measuring.terminal.say("report: \(path)")
    }

    private func appendSummary(_ text: String) throws {
        guard let path = ProcessInfo.processInfo.environment["GITHUB_STEP_SUMMARY"], !path.isEmpty else {
            throw ValidationError("--summary: $GITHUB_STEP_SUMMARY names no file; it is set inside GitHub Actions.")
        }
        let before = FileSystem.exists(path) ? try FileSystem.readText(path) : ""
        try FileSystem.writeWhole(before + text, to: path)
    }

    /// A verdict stands whether or not it can be recorded.
    private func record(_ report: GateReport, rules: String) {
        guard let workspace = try? measuring.places.found(), FileSystem.isFolder(workspace.store) else { return }
        do {
            try GateRecord(report: report, rules: rules).log(to: try TrackingStore(root: workspace.store))
        } catch {
            Terminal.complain("apus: the gate leaves no run in the store: \(error)")
        }
    }
}

/// An alias that is to move once the gate is passed; what stands in the way is found before anything is measured.
private struct Promotion: CustomStringConvertible {
    private let registry: ModelRegistry
    private let version: ResolvedModel
    private let alias: String

    init(of candidate: GatedModel, to alias: String, in store: TrackingStore) throws {
        guard let version = candidate.model?.version else {
            throw ValidationError(
                "--promote moves an alias to a registered version, and \(candidate.subject.name) is none: "
                    + "export it with `apus export RUN --name NAME` and name it NAME/VERSION.")
        }
        try ModelRegistry.check(name: version.name, alias: alias)
        (registry, self.version, self.alias) = (ModelRegistry(store), version, alias)
    }

    func carryOut(rules: String) throws {
        try registry.promote(
            version.version, of: version.name, to: alias, reason: "passed \(FileSystem.fileName(of: rules))")
    }

    var description: String { "\(version.name)@\(alias) is \(version.name)/\(version.version)" }
}
