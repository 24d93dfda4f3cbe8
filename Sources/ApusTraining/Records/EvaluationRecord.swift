import ApusCore
import ApusDatasets
import ApusMetrics
import ApusTracking
import ApusVision

/// An evaluation as files: numbers as JSON, curves and predictions as pictures.
public struct EvaluationRecord {
    public let evaluation: Evaluation
    public let split: Split
    public let dataset: PreparedDataset

    public init(_ evaluation: Evaluation, split: Split, dataset: PreparedDataset) {
        (self.evaluation, self.split, self.dataset) = (evaluation, split, dataset)
    }

    /// The confidence at which pictures show boxes: where the mean F1 is best.
    public var confidence: Float { Float(evaluation.metrics.confidence ?? 0.25) }

    /// Puts the files under `evaluation/SPLIT/` of a run.
    public func log(to run: Run) throws {
        let folder = "evaluation/\(split.rawValue)/"
        try run.logArtifact(bytes: evaluation.metrics.jsonData(), as: folder + "metrics.json")
        try run.logArtifact(
            bytes: Pictures.precisionRecall(evaluation.metrics).pngData(), as: folder + "precision_recall.png")
        try run.logArtifact(bytes: Pictures.f1(evaluation.metrics).pngData(), as: folder + "f1_confidence.png")
        let sheet = try Pictures.sheet(evaluation.predictions, in: dataset, confidence: confidence)
        try run.logArtifact(bytes: sheet.jpegData(quality: 90), as: folder + "predictions.jpg")
    }
}

extension EvaluationRecord {
    /// A page that opens offline: numbers, curves, confusion, and the images with the most errors.
    public func html(title: String, details: [(name: String, value: String)], worstImages: Int = 24) throws -> String {
        let images = try evaluation.metrics.images.prefix(worstImages).map(picture)
        return EvaluationReport(title: title, metrics: evaluation.metrics, details: details, images: images).html()
    }

    private func picture(_ result: ImageResult) throws -> ReportImage {
        let record = dataset.record(result.imageID)
        let found = evaluation.predictions.first { $0.index == result.imageID }?.detections ?? []
        return ReportImage(
            name: record.name, bytes: try dataset.image(result.imageID).jpegData(quality: 85), width: record.width,
            height: record.height, truths: record.boxes, detections: found.filter { $0.score >= confidence },
            result: result)
    }
}
