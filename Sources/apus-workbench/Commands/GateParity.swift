import ApusCommands
import ApusConfiguration
import ApusCore
import ApusDatasets
import ApusInference
import ApusONNX
import ApusTracking
import ApusTraining
import ApusVision
import ArgumentParser

/// `apus gate --parity`: one model in every engine at hand, on the same images.
struct GateParity {
    let reference: String
    let split: Split
    let dataset: String?
    let isJSON: Bool
    let places: PlaceOptions
    let terminal: Terminal

    /// Ends with status 1 where engines are apart.
    func run() throws {
        let subjects = try Subjects(reference, in: try places.found())
        let data = try evaluationData(for: subjects.first, description: dataset, terminal: terminal)
        let indices = data.indices(of: split)
        guard !indices.isEmpty else { throw TrainingError.emptySplit(split.rawValue, dataset: data.name) }
        let engines = try subjects.engines()
        guard engines.count > 1 else {
            throw ValidationError(
                "\(reference) belongs to no run of this workspace and onnxruntime is not found "
                    + "(APUS_ONNXRUNTIME=libonnxruntime.so): there is nothing to compare it with.")
        }
        let suite = ParitySuite(
            subjects.first.task, dataset: data, evaluator: try evaluator(of: subjects.first, on: data, indices: indices)
        )
        let report = try run(suite, engines)
        if isJSON {
            try printJSON(report)
        } else {
            print("\(reference) on \(data.name) \(data.id), \(split.rawValue) split: \(indices.count) images")
            print(text(of: report))
        }
        if !report.passes { throw ExitCode(1) }
    }

    private func run(_ suite: ParitySuite, _ engines: [ParitySuite.Engine]) throws -> ParitySuiteReport {
        var bar: (what: String, bar: ProgressBar)?
        defer { bar?.bar.finish() }
        return try suite.run(engines) { what, done, total in
            if bar?.what != what {
                bar?.bar.finish()
                bar = (what, ProgressBar(what, terminal: terminal))
            }
            bar?.bar.update(done, of: total)
        }
    }

    private func text(of report: ParitySuiteReport) -> String {
        let engines = [[report.reference, "", "", shown(report.value), "", ""]] + report.engines.map(row)
        let changes = report.changes.map { [$0.name, shown($0.value), signed($0.difference)] }
        return """
            \(table(["engine", "largest difference", "equal", report.metric, "difference", "verdict"], engines))

            \(table(["images changed by", report.metric, "difference"], changes))
            parity: \(report.passes ? "pass" : "fail")
            """
    }

    private func row(_ engine: ParitySuiteReport.EngineResult) -> [String] {
        [
            engine.name, String(format: "%.2g", Double(engine.largestDifference)),
            "\(engine.agreement.matched) of \(engine.agreement.total)", shown(engine.value), signed(engine.difference),
            engine.passes ? "pass" : "fail",
        ]
    }

    private func shown(_ value: Double?) -> String { value.map { fixed($0, 4) } ?? "–" }
    private func signed(_ value: Double?) -> String { value.map { String(format: "%+.4f", $0) } ?? "–" }
}

/// What a reference to a run or a model stands for: the weights that LibTorch runs, and the file that was made of them.
private struct Subjects {
    var trained: EvaluatedModel?
    var exported: EvaluatedModel?
    /// Either is there.
    let first: EvaluatedModel

    init(_ reference: String, in workspace: Workspace) throws {
        let found = try EvaluatedModel.find(reference, in: workspace)
        first = found
        if found.file == nil {
            trained = found
            exported = try Self.newestExport(of: found, in: workspace)
        } else {
            exported = found
            trained = try found.run.map { try EvaluatedModel.find($0.id, in: workspace) }
        }
    }

    private static func newestExport(of trained: EvaluatedModel, in workspace: Workspace) throws -> EvaluatedModel {
        let store = try TrackingStore(root: workspace.store, creatingIfMissing: false)
        let registry = ModelRegistry(store)
        for name in registry.names() {
            for version in try registry.versions(of: name).reversed() where version.runID == trained.run?.id {
                return try EvaluatedModel.find("\(name)/\(version.version)", in: workspace)
            }
        }
        throw ValidationError(
            "Run \(trained.name) was not exported: `apus export \(trained.name) --name NAME` makes the file to compare."
        )
    }

    func engines() throws -> [ParitySuite.Engine] {
        var engines: [ParitySuite.Engine] = []
        if let predictor = trained?.batchPredictor { engines.append(("LibTorch", predictor)) }
        guard let exported, let predictor = exported.batchPredictor else { return engines }
        engines.append(("apus runtime", predictor))
        if let other = try onnxruntime(exported) { engines.append(("onnxruntime \(other.version)", other)) }
        return engines
    }

    private func onnxruntime(_ exported: EvaluatedModel) throws -> Onnxruntime? {
        guard let file = exported.file else { return nil }
        let model = try Model(contentsOf: file)
        let description = try ModelDescription(metadata: model.metadata)
        guard let input = model.graph.inputs.first else { return nil }
        return try Onnxruntime(
            model: file, inputName: input.name, outputNames: model.graph.outputs.map(\.name), input: description.input,
            threads: availableCores)
    }
}
