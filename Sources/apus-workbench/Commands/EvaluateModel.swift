import ApusCommands
import ApusConfiguration
import ApusCore
import ApusDatasets
import ApusMetrics
import ApusModels
import ApusRegistry
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
              apus evaluate latest --split test --baseline garments@champion --report report.html --markdown report.md

            The report shows, for every task, curves, classes, what kinds of errors cost (TIDE), confusion, calibration, \
            parts of the data (object sizes, crowding, brightness, sharpness, and the columns of the table that \
            dataset.yaml names under metadata) and the images with the most errors. It needs neither a network nor a \
            script.

            Exit status: 0 measured, 2 no such model, data or file.
            """)

    @Argument(help: "A run (an id, the start of one, or latest), NAME@ALIAS, NAME/VERSION or FILE.onnx.") var model:
        String
    @Option(help: "train, val or test.") var split = Split.test
    @Option(help: "A dataset.yaml; else the one that the run was trained on.", completion: .file(extensions: ["yaml"]))
    var dataset: String?
    @Option(help: "Write an HTML report that opens offline.", completion: .file(extensions: ["html"])) var report:
        String?
    @Option(help: "Write the report as Markdown, for a pull request.", completion: .file(extensions: ["md"]))
    var markdown: String?
    @Option(help: "Compare with another model on the same images: as MODEL, or a file that --json printed.")
    var baseline: String?
    @Option(help: "Where a run's network computes: auto, cpu, cuda or cuda:N. Exported models run on the CPU.")
    var device = "auto"
    @Flag(help: "Print the metrics as one JSON object.") var json = false
    @OptionGroup var places: PlaceOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        Torch.start()
        let recording = try ServerRecording(terminal: common.terminal)
        let subject = try EvaluatedModel.find(model, in: try places.found(), device: device)
        let data = try evaluationData(for: subject, description: dataset, terminal: common.terminal)
        let evaluation = try evaluate(subject, on: data, split: split, terminal: common.terminal)
        if json {
            print(String(decoding: evaluation.taskMetrics.jsonData(), as: UTF8.self))
        } else {
            print(summary(of: evaluation, subject: subject, data: data))
        }
        let record = EvaluationRecord(evaluation, split: split, dataset: data)
        let page = try self.page(of: record, subject: subject)
        try write(page)
        guard let run = subject.run else { return }
        try log(record, page, to: run)
        recording?.add(run)
        recording?.finish()
    }

    func validate() throws {
        try checkDevice(device)
        guard ["auto", "cpu"].contains(device) || EvaluatedModel.isRun(model) else {
            throw ValidationError("\(model) is an exported model, which runs on the CPU: leave --device out.")
        }
        guard baseline == nil || report != nil || markdown != nil else {
            throw ValidationError("--baseline is compared in a report: add --report FILE or --markdown FILE.")
        }
    }

    /// The numbers stand at the epoch of the best weights, which are what is measured.
    private func log(_ record: EvaluationRecord, _ page: EvaluationReport, to run: Run) throws {
        try record.log(to: run, report: page)
        let intervals = page.intervals.mapValues { [$0.lowerBound, $0.upperBound] }
        try run.logArtifact(
            text: try Configuration.encodeJSON(intervals), as: Run.intervalsFile(ofSplit: split.rawValue))
        let step = try run.metrics()["best/\(record.evaluation.fitnessName)"]?.step ?? 0
        try run.log(metrics: record.evaluation.stored(prefix: split.rawValue), step: Int(step))
    }

    /// Parts of the data, which takes decoding every image once more, where a report is asked for.
    private func page(of record: EvaluationRecord, subject: EvaluatedModel) throws -> EvaluationReport {
        let data = record.dataset
        let isAsked = report != nil || markdown != nil
        let slices =
            try isAsked ? ImageSlices.all(of: data.indices(of: split), in: data, task: subject.task) : []
        var page = try record.report(details: [("Model", subject.name)], slices: slices)
        if isAsked || subject.run != nil { page.intervals = try record.intervals() }
        page.baseline = try baseline.map { try self.baseline($0, of: subject, on: data) }
        return page
    }

    private func write(_ page: EvaluationReport) throws {
        for (path, text) in [(report, page.html), (markdown, page.markdown)] {
            guard let path else { continue }
            try FileSystem.createFolder(FileSystem.folder(of: path))
            try FileSystem.writeWhole(text(), to: path)
            common.terminal.say("report: \(path)")
        }
    }

    private func baseline(
        _ reference: String, of subject: EvaluatedModel, on data: PreparedDataset
    ) throws -> ReportBaseline {
        if reference.hasSuffix(".json") {
            let metrics = try subject.task.metrics(fromJSON: try FileSystem.read(reference), file: reference)
            return ReportBaseline(name: reference, values: metrics.values)
        }
        let other = try EvaluatedModel.find(reference, in: try places.found(), device: device)
        guard other.task == subject.task, other.isForeign || other.classNames == data.classNames else {
            throw ValidationError(
                "\(other.name) is for \(other.task.rawValue) and the classes \(other.classNames.joined(separator: ", ")): "
                    + "compare with a model for \(subject.task.rawValue) and the dataset's classes.")
        }
        let evaluation = try evaluate(other, on: data, split: split, terminal: common.terminal)
        return ReportBaseline(name: other.name, values: evaluation.values)
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
        ? try PreparedDataset(path: path) : try preparedDataset(path, terminal: Terminal(isQuiet: true))
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
    // Batches that run side by side are small, so that none is left alone at the end.
    let batchSize = subject.file == nil ? 16 : 4
    var settings = LoaderSettings(imageSize: max(subject.input.width, subject.input.height), batchSize: batchSize)
    (settings.threads, settings.cacheBytes) = (availableCores, 0)
    return try SplitEvaluator(
        subject.task, dataset: data, indices: indices, settings: settings, configuration: ValidationConfiguration(),
        shorterSide: subject.shorterSide, input: subject.input)
}
