import ApusCore
import ApusDatasets
import ApusInference
import ApusMetrics
import ApusModels
import ApusTracking
import ApusVision

/// An evaluation as files: numbers as JSON, curves and predictions as pictures, and a page with all of it.
public struct EvaluationRecord {
    public let evaluation: any TaskEvaluation
    public let split: Split
    public let dataset: PreparedDataset

    public init(_ evaluation: any TaskEvaluation, split: Split, dataset: PreparedDataset) {
        (self.evaluation, self.split, self.dataset) = (evaluation, split, dataset)
    }

    /// Puts the files under `evaluation/SPLIT/` of a run.
    ///
    /// - Parameter report: the page; else one without slices, intervals and a baseline.
    public func log(to run: Run, report: EvaluationReport? = nil) throws {
        let folder = "evaluation/\(split.rawValue)/"
        try run.logArtifact(bytes: evaluation.taskMetrics.jsonData(), as: folder + "metrics.json")
        let charts = Pictures.charts(evaluation.taskMetrics)
        let files = parallelMap(charts.count, threads: availableCores) { charts[$0].picture.pngData() }
        for (chart, bytes) in zip(charts, files) {
            try run.logArtifact(bytes: bytes, as: folder + chart.name + ".png")
        }
        let page = try report ?? self.report(details: [("Run", run.id)])
        try run.logArtifact(bytes: Array(page.html().utf8), as: folder + "report.html")
        guard let sheet = try sheet() else { return }
        try run.logArtifact(bytes: sheet.jpegData(quality: 90), as: folder + "predictions.jpg")
    }

    /// The first images with what was found on them; `nil` where there are none.
    private func sheet(limit: Int = 12) throws -> Image? {
        let painter = ResultPainter(
            labels: LabelMap(names: dataset.classNames), keypoints: dataset.keypointLayout,
            confidence: evaluation.confidence)
        let dataset = dataset
        let shown = Array(evaluation.shownResults.prefix(limit))
        let images = try sideBySide(shown) { painter.drawing($0.result, on: try dataset.image($0.index)) }
        return images.isEmpty ? nil : Image.grid(images, columns: 4)
    }

    /// The evaluation as a page or Markdown: numbers, curves, errors, confusion, and the images with the most errors.
    ///
    /// - Parameters:
    ///   - details: what was evaluated, beside the dataset.
    ///   - slices: parts of the images with numbers of their own.
    public func report(
        details: [(name: String, value: String)], slices: [ImageSlice] = [], worstImages: Int = 24
    ) throws -> EvaluationReport {
        let metrics = evaluation.taskMetrics
        let dataset = [(name: "Dataset", value: "\(dataset.name) \(dataset.id)")]
        var report = EvaluationReport(
            title: "\(self.dataset.name), \(split.rawValue) split", metrics: metrics, details: details + dataset,
            images: try pictures(of: metrics.worstImages(limit: worstImages)))
        report.imageNames = names(of: metrics.worstImages(limit: 200).map(\.id))
        report.slices = try slices.map { slice in
            let part = try evaluation.matches.metrics(on: slice)
            return ReportSlice(
                name: slice.name, imageCount: part.imageCount, instanceCount: part.instanceCount, values: part.values)
        }
        return report
    }

    /// Between which values each metric lies, at 95 %: a bootstrap over images, of 1000 draws.
    public func intervals() throws -> [String: ClosedRange<Double>] {
        let draws = try evaluation.matches.bootstrap()
        let found = draws.names.compactMap { name in
            draws.interval(name).map { (name, $0.lower...$0.upper) }
        }
        return Dictionary(found) { first, _ in first }
    }

    private func names(of ids: [Int]) -> [Int: String] {
        Dictionary(ids.map { ($0, dataset.record($0).name) }) { first, _ in first }
    }

    private func pictures(of images: [(id: Int, caption: String)]) throws -> [ReportImage] {
        let results = Dictionary(evaluation.shownResults.map { ($0.index, $0.result) }) { first, _ in first }
        let painter = try ReportPainter(dataset, confidence: evaluation.confidence)
        return try sideBySide(images) { image in
            try painter.picture(of: image.id, result: results[image.id], caption: image.caption)
        }
    }
}

/// `body` of each element on all cores; the first error in their order is thrown.
private func sideBySide<Element: Sendable, Made: Sendable>(
    _ elements: [Element], _ body: @Sendable (Element) throws -> Made
) throws -> [Made] {
    try parallelMap(elements.count, threads: availableCores) { place in Result { try body(elements[place]) } }
        .map { try $0.get() }
}

extension TaskEvaluation {
    /// Numbers as JSON, curves and predictions as pictures, and a page, under `evaluation/SPLIT/` of the run.
    public func log(to run: Run, split: Split, dataset: PreparedDataset) throws {
        try EvaluationRecord(self, split: split, dataset: dataset).log(to: run)
    }

    /// The score from which pictures show objects: where the mean F1 is best.
    var confidence: Float {
        let found: Double? =
            switch taskMetrics {
            case let metrics as DetectionMetrics: metrics.confidence
            case let metrics as SegmentationMetrics: metrics.masks.confidence
            case let metrics as PoseMetrics: metrics.poses.confidence
            default: nil
            }
        return Float(found ?? 0.25)
    }
}

extension TaskMetrics {
    /// Images with errors, the worst first, with what went wrong; the first images where nothing did.
    func worstImages(limit: Int) -> [(id: Int, caption: String)] {
        switch self {
        case let metrics as DetectionMetrics: worst(metrics.images, limit)
        case let metrics as SegmentationMetrics: worst(metrics.masks.images, limit)
        case let metrics as PoseMetrics: worst(metrics.poses.images, limit)
        case let metrics as ClassifierMetrics: worst(metrics, limit)
        default: []
        }
    }

    private func worst(_ images: [ImageResult], _ limit: Int) -> [(id: Int, caption: String)] {
        let wrong = images.prefix(limit).prefix { $0.errors > 0 }
        return (wrong.isEmpty ? images.prefix(min(limit, 6)) : wrong).map { image in
            let counts = "\(image.truePositives) found, \(image.falseNegatives) missed, \(image.falsePositives) wrong"
            return (image.imageID, counts)
        }
    }

    private func worst(_ metrics: ClassifierMetrics, _ limit: Int) -> [(id: Int, caption: String)] {
        let names = metrics.classes.perClass.map(\.name)
        let wrong = metrics.images.prefix(limit).prefix { !$0.isCorrect }
        return (wrong.isEmpty ? metrics.images.prefix(min(limit, 6)) : wrong).map { image in
            let percent = "\(Int((image.confidence * 100).rounded())) %"
            let mistake = image.isCorrect ? "" : ", taken for \(names[image.prediction])"
            return (image.imageID, "\(names[image.label])\(mistake), \(percent) sure")
        }
    }
}
