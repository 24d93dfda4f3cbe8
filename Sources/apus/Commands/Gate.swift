import ApusConfiguration
import ApusCore
import ApusDatasets
import ApusMetrics
import ApusTorch
import ApusTraining
import ArgumentParser
import Foundation

struct Gate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Pass or stop a candidate by rules, against a baseline.",
        discussion: """
            Candidate and baseline are runs, model versions, ONNX files, or JSON files that `apus evaluate --json` wrote. \
            Models are measured on the same dataset version and split.

              apus gate experiments/garments-gate.yaml --candidate latest --baseline garments@champion --split test

            Rules: `- metric: mAP50`, with `min`, `max`, `max_regression` (0.01, or 2%), `min_improvement`, `severity: warn`.

            Exit status: 0 pass, 1 regression, 2 misconfigured (a missing metric, unlike datasets, a wrong file).
            """)

    @Argument(help: "A file of rules.", completion: .file(extensions: ["yaml"])) var rules: String?
    @Option(help: "What shall pass.") var candidate: String
    @Option(help: "What it is held against.") var baseline: String?
    @Option(help: "The split that models are measured on.") var split = Split.test
    @Option(help: "A dataset.yaml; else the one of the candidate's run.") var dataset: String?
    @Flag(
        help: "Compare the candidate in LibTorch, our runtime and onnxruntime on the same images, and changed images.")
    var parity = false
    @Flag(help: "Print the report as one JSON object.") var json = false
    @Flag(help: "Print the report as Markdown, for a pull request.") var markdown = false
    @OptionGroup var places: PlaceOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        Torch.start()
        if parity {
            return try GateParity(
                reference: candidate, split: split, dataset: dataset, isJSON: json, places: places,
                terminal: common.terminal
            ).run()
        }
        guard let rules else { throw ValidationError("Name a file of rules, or --parity.") }
        let judged = try Configuration.decode(GateRules.self, path: rules)
        let candidate = try subject(self.candidate, data: nil)
        let baseline = try self.baseline.map { try subject($0, data: candidate.data) }
        let report = judged.evaluate(candidate: candidate.subject, baseline: baseline?.subject)
        print(json ? String(decoding: report.jsonData(), as: UTF8.self) : markdown ? report.markdown : report.text)
        if report.exitCode != 0 { throw ExitCode(Int32(report.exitCode)) }
    }

    private func subject(_ reference: String, data: PreparedDataset?) throws -> (
        subject: GateSubject, data: PreparedDataset?
    ) {
        if reference.hasSuffix(".json") {
            return (GateSubject(name: reference, metrics: try metrics(in: reference), identity: [:]), data)
        }
        let model = try EvaluatedModel.find(reference, in: try places.found())
        let data = try data ?? evaluationData(for: model, description: dataset, terminal: common.terminal)
        let evaluation = try evaluate(model, on: data, split: split, terminal: common.terminal)
        guard let evaluation = evaluation as? Evaluation else {
            throw ValidationError("\(model.name) is for \(model.task.rawValue): the gate compares detectors.")
        }
        let identity = ["dataset": data.id, "split": split.rawValue]
        return (GateSubject(name: model.name, metrics: evaluation.metrics, identity: identity), data)
    }

    private func metrics(in path: String) throws -> DetectionMetrics {
        let bytes = Data(try FileSystem.read(path))
        do {
            return try JSONDecoder().decode(DetectionMetrics.self, from: bytes)
        } catch {
            throw ValidationError(
                "\(path): not the metrics that `apus evaluate --json` writes, or cut off; write the file again")
        }
    }
}
