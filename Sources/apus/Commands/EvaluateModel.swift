import ApusConfiguration
import ApusCore
import ApusDatasets
import ApusMetrics
import ApusTorch
import ApusTracking
import ApusTraining
import ApusVision
import ArgumentParser

struct EvaluateModel: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model",
        abstract: "Measure a run's best weights or an exported model on a split.",
        discussion: """
            COCO metrics (profile coco, equal to pycocotools), by size and by class, are printed and, for a run of this \
            workspace, recorded in it.

              apus evaluate latest --split test
              apus evaluate garments@champion --split test --json
              apus evaluate model.onnx --dataset datasets/bccd/dataset.yaml --report report.html

            Exit status: 0 measured, 2 no such model, data or file.
            """)

    @Argument(help: "A run (an id, the start of one, or latest), NAME@ALIAS, NAME/VERSION or FILE.onnx.") var model:
        String
    @Option(help: "train, val or test.") var split = Split.test
    @Option(help: "A dataset.yaml; else the one that the run was trained on.", completion: .file(extensions: ["yaml"]))
    var dataset: String?
    @Option(help: "Write an HTML report that opens offline.", completion: .file(extensions: ["html"])) var report:
        String?
    @Flag(help: "Print the metrics as one JSON object.") var json = false
    @OptionGroup var places: PlaceOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        Torch.start()
        let subject = try EvaluatedModel.find(model, in: try places.found())
        let data = try evaluationData(for: subject, description: dataset, terminal: common.terminal)
        let evaluation = try evaluate(subject, on: data, split: split, terminal: common.terminal)
        if json {
            print(String(decoding: evaluation.taskMetrics.jsonData(), as: UTF8.self))
        } else {
            print(summary(of: evaluation, subject: subject, data: data))
        }
        if let report { try write(evaluation, of: subject, on: data, to: report) }
        if let run = subject.run { try log(evaluation, on: data, to: run) }
    }

    /// The numbers stand at the epoch of the best weights, which are what is measured.
    private func log(_ evaluation: any TaskEvaluation, on data: PreparedDataset, to run: Run) throws {
        try evaluation.log(to: run, split: split, dataset: data)
        let step = try run.metrics()["best/\(evaluation.fitnessName)"]?.step ?? 0
        try run.log(metrics: evaluation.stored(prefix: split.rawValue), step: Int(step))
    }

    private func write(
        _ evaluation: any TaskEvaluation, of subject: EvaluatedModel, on data: PreparedDataset, to path: String
    ) throws {
        guard let boxes = evaluation as? Evaluation else {
            throw ValidationError(
                "--report shows detectors; \(subject.name) is for \(subject.task.rawValue): use --json.")
        }
        let html = try EvaluationRecord(boxes, split: split, dataset: data).html(
            title: "\(data.name), \(split.rawValue) split",
            details: [("Model", subject.name), ("Dataset", "\(data.name) \(data.id)")])
        try FileSystem.createFolder(FileSystem.folder(of: path))
        try FileSystem.writeWhole(html, to: path)
        common.terminal.say("report: \(path)")
    }

    private func summary(
        of evaluation: any TaskEvaluation, subject: EvaluatedModel, data: PreparedDataset
    ) -> String {
        guard let boxes = evaluation as? Evaluation else {
            let rows = evaluation.taskMetrics.headline.map { [$0.name, shown($0.value)] }
            return """
                \(subject.name) on \(data.name) \(data.id), \(split.rawValue) split: \(data.indices(of: split).count) images
                \(table(["metric", "value"], rows))
                """
        }
        return summary(of: boxes.metrics, subject: subject, data: data)
    }

    private func summary(of metrics: DetectionMetrics, subject: EvaluatedModel, data: PreparedDataset) -> String {
        let rows = metrics.perClass.map {
            [$0.name, "\($0.instances)"] + [$0.precision, $0.recall, $0.ap50, $0.ap].map(shown)
        }
        let all =
            ["all", "\(metrics.instanceCount)"]
            + [metrics.precision, metrics.recall, metrics.mAP50, metrics.mAP50_95].map(shown)
        let sizes =
            "AP small \(shown(metrics.apSmall))  medium \(shown(metrics.apMedium))  large \(shown(metrics.apLarge))"
        return """
            \(subject.name) on \(data.name) \(data.id), \(split.rawValue) split: \(metrics.imageCount) images, profile \(metrics.profile.rawValue)
            \(table(["class", "boxes", "precision", "recall", "mAP50", "mAP50-95"], [all] + rows))
            \(sizes)
            """
    }

    private func shown(_ value: Double?) -> String { value.map { fixed($0) } ?? "–" }
}

/// The dataset that `description` names, or the one that the subject's run was trained on.
func evaluationData(for subject: EvaluatedModel, description: String?, terminal: Terminal) throws -> PreparedDataset {
    guard let path = try description ?? subject.run?.trainingDatasetPath() else {
        throw ValidationError("\(subject.name) belongs to no run of this workspace: name its data with --dataset.")
    }
    let data =
        path.hasSuffix(".h5")
        ? try PreparedDataset(path: path) : try prepared(path, terminal: Terminal(isQuiet: true)).dataset
    guard subject.isForeign || data.classNames == subject.classNames else {
        throw ValidationError(
            "\(subject.name) knows the classes \(subject.classNames.joined(separator: ", ")), "
                + "\(data.name) has \(data.classNames.joined(separator: ", ")): choose data of the same classes.")
    }
    return data
}

/// Runs the subject over a split with a progress bar.
func evaluate(
    _ subject: EvaluatedModel, on data: PreparedDataset, split: Split, terminal: Terminal
) throws -> any TaskEvaluation {
    let indices = data.indices(of: split)
    guard !indices.isEmpty else { throw TrainingError.emptySplit(split.rawValue, dataset: data.name) }
    let bar = ProgressBar("evaluate", terminal: terminal)
    defer { bar.finish() }
    let evaluator = try evaluator(of: subject, on: data, indices: indices)
    switch subject.engine {
    case .batches(let predictor): return try evaluator.evaluate(predictor) { bar.update($0, of: $1) }
    case .images(let predictor):
        if let assumptions = predictor.assumptions { terminal.say(assumptions) }
        return try evaluator.evaluate(ImageModelUnderTest(predictor, for: data)) { bar.update($0, of: $1) }
    }
}

/// What measures a subject on images of a dataset.
func evaluator(of subject: EvaluatedModel, on data: PreparedDataset, indices: [Int]) throws -> SplitEvaluator {
    var settings = LoaderSettings(imageSize: max(subject.input.width, subject.input.height), batchSize: 16)
    (settings.threads, settings.cacheBytes) = (availableCores, 0)
    return try SplitEvaluator(
        subject.task, dataset: data, indices: indices, settings: settings, configuration: ValidationConfiguration(),
        shorterSide: subject.shorterSide, input: subject.input)
}
