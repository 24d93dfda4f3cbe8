import ApusDatasets
import ApusInference
import ApusMetrics
import ApusTracking
import ApusVision

/// The numbers of a model on a split, and the files that show them.
public protocol TaskEvaluation: Sendable {
    var taskMetrics: any TaskMetrics { get }
    /// What was found on each image, for parts of the images and for statistics.
    var matches: MatchedResults { get }
    var seconds: Double { get }
    /// Numbers as JSON, curves and predictions as pictures, under `evaluation/SPLIT/` of the run.
    func log(to run: Run, split: Split, dataset: PreparedDataset) throws
}

extension TaskEvaluation {
    /// By the names under which they stand in the store, such as `mAP50`.
    public var values: [String: Double] { taskMetrics.values }
    /// The metric that "best" means unless the experiment says another.
    public var fitnessName: String { taskMetrics.fitnessName }
}

/// What a model found on one image, in that image's pixels.
public struct ImagePredictions: Sendable {
    /// Into the prepared dataset.
    public var index: Int
    public var detections: [Detection]
}

/// The numbers of a model on a split, and the predictions behind them.
public struct Evaluation: Sendable {
    public var metrics: DetectionMetrics
    public var matches: MatchedResults
    public var predictions: [ImagePredictions]
    public var seconds: Double
}

extension Evaluation: TaskEvaluation {
    public var taskMetrics: any TaskMetrics { metrics }

    public func log(to run: Run, split: Split, dataset: PreparedDataset) throws {
        try EvaluationRecord(self, split: split, dataset: dataset).log(to: run)
    }
}

/// What a model found on the images of a split, for tasks whose results are more than boxes.
public struct ResultEvaluation: TaskEvaluation {
    public var taskMetrics: any TaskMetrics
    public var matches: MatchedResults
    public var seconds: Double
    /// Of some images, for pictures.
    public var samples: [(index: Int, result: Prediction.Result)]

    /// How many are kept.
    static let sampleCount = 12

    public func log(to run: Run, split: Split, dataset: PreparedDataset) throws {
        let folder = "evaluation/\(split.rawValue)/"
        try run.logArtifact(bytes: taskMetrics.jsonData(), as: folder + "metrics.json")
        guard !samples.isEmpty else { return }
        let painter = ResultPainter(
            labels: LabelMap(names: dataset.classNames), keypoints: dataset.keypointLayout, confidence: 0.25)
        let images = try samples.map { painter.drawing($0.result, on: try dataset.image($0.index)) }
        try run.logArtifact(bytes: Image.grid(images, columns: 4).jpegData(quality: 90), as: folder + "predictions.jpg")
    }
}

extension PreparedDataset {
    /// The points of the class that has some, as models describe them.
    public var keypointLayout: KeypointLayout? {
        classes.first { !$0.keypoints.isEmpty }.map { kind in
            KeypointLayout(
                count: kind.keypoints.count, names: kind.keypoints, skeleton: kind.skeleton.map { [$0.x, $0.y] },
                mirrored: kind.mirrored, sigmas: kind.sigmas.map(Float.init))
        }
    }
}
