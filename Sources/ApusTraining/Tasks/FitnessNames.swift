import ApusMetrics
import ApusModels

extension ModelTask {
    /// The metrics by which an epoch can be the best: those that get better upwards.
    ///
    /// - Parameter points: the names of an object's keypoints.
    func fitnessNames(classes: [String], points: [String]) -> [String] {
        let objects =
            DetectionMetrics.statNames + ["precision", "recall", "F1"]
            + classes.flatMap { ["AP/" + $0, "AP50/" + $0] }
        return switch self {
        case .detect, .obb: objects
        case .segment: objects + objects.map { "mask/" + $0 }
        case .pose, .keypoints: objects + (objects + ["AR"] + Self.accuracies(points)).map { "pose/" + $0 }
        case .classify:
            ["top1", "top5", "accuracy", "balanced_accuracy", "macro_F1"]
                + classes.flatMap { ["F1/" + $0, "precision/" + $0, "recall/" + $0] }
        }
    }

    private static func accuracies(_ points: [String]) -> [String] {
        KeypointAccuracy.thresholds.map { "PCK-\($0)" } + ["mean_OKS"] + points.flatMap { ["PCK/" + $0, "OKS/" + $0] }
    }
}
