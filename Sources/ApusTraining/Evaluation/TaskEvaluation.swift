import ApusDatasets
import ApusInference
import ApusMetrics
import ApusVision

/// The numbers of a model on a split, and the files that show them.
public protocol TaskEvaluation: Sendable {
    var taskMetrics: any TaskMetrics { get }
    /// What was found on each image, for parts of the images and for statistics.
    var matches: MatchedResults { get }
    var seconds: Double { get }
    /// What was found on each image and is sure enough for pictures.
    var shownResults: [(index: Int, result: Prediction.Result)] { get }
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

    public var shownResults: [(index: Int, result: Prediction.Result)] {
        predictions.map { ($0.index, Prediction.Result.detections($0.detections).shown) }
    }
}

/// What a model found on the images of a split, for tasks whose results are more than boxes.
public struct ResultEvaluation: TaskEvaluation {
    public var taskMetrics: any TaskMetrics
    public var matches: MatchedResults
    public var seconds: Double
    /// Of every image, what is sure enough for pictures.
    public var samples: [(index: Int, result: Prediction.Result)]

    public var shownResults: [(index: Int, result: Prediction.Result)] { samples }
}

extension Prediction.Result {
    /// What pictures may show: results of a least score, the surest of them. The rest is for metrics alone, and
    /// keeping it for every image of a large split would take its memory.
    var shown: Prediction.Result {
        switch self {
        case .detections(let all): .detections(Self.surest(all, \.score))
        case .segments(let all): .segments(Self.surest(all, \.score))
        case .poses(let all): .poses(Self.surest(all, \.score))
        case .oriented(let all): .oriented(Self.surest(all, \.score))
        case .classifications, .classMap: self
        }
    }

    private static func surest<Found>(_ all: [Found], _ score: (Found) -> Float) -> [Found] {
        let (least, most) = (Float(0.05), 60)
        let sure = all.filter { score($0) >= least }
        return sure.count > most ? Array(sure.sorted { score($0) > score($1) }.prefix(most)) : sure
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
