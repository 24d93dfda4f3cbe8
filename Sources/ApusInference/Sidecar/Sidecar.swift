import ApusConfiguration
import ApusVision

/// How a model is fed and read: what `MODEL.yaml` beside a `MODEL.onnx` says, or the model's own metadata.
public struct Sidecar: Sendable {
    public var preprocess: Preprocessing
    public var decode: any OutputFormat
    public var thresholds: Thresholds
    /// The names of the classes; empty where nobody says them.
    public var labels: [String]
    /// What the points of a pose are; `nil` where nobody says it.
    public var keypoints: KeypointLayout?

    public init(
        preprocess: Preprocessing = .init(), decode: any OutputFormat, thresholds: Thresholds = .init(),
        labels: [String] = [], keypoints: KeypointLayout? = nil
    ) {
        (self.preprocess, self.decode) = (preprocess, decode)
        (self.thresholds, self.labels, self.keypoints) = (thresholds, labels, keypoints)
    }
}

/// What is kept of the objects that a detector proposes.
public struct Thresholds: Defaulted, Validated, Hashable, Sendable {
    /// Detections that do not score above this are left out.
    public var confidence: Float = 0.25
    /// Of two boxes of a class that overlap more than this, the lesser falls.
    public var iou: Float = 0.7
    /// At most so many are kept.
    public var maximum = 300

    public init() {}

    public init(confidence: Float = 0.25, iou: Float = 0.7, maximum: Int = 300) {
        (self.confidence, self.iou, self.maximum) = (confidence, iou, maximum)
    }

    public func problems() -> [ConfigurationProblem] {
        [
            .range("confidence", confidence, 0...1), .range("iou", iou, 0...1), .atLeast("maximum", maximum, 1),
        ].compactMap { $0 }
    }
}
