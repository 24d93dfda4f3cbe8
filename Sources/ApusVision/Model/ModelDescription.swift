/// What a model is for and how it is fed: the description that travels inside the ONNX file, so that training,
/// evaluation and inference read the same one.
public struct ModelDescription: Codable, Hashable, Sendable {
    public enum Task: String, Codable, Sendable, CaseIterable {
        case detect, classify, segment, pose
        /// Boxes at an angle.
        case obb
        /// The points of one object that fills the input: top-down pose.
        case keypoints

        /// Whether its models must say what points an object has.
        var needsKeypoints: Bool { self == .pose || self == .keypoints }
    }

    /// How a detector's output is laid out.
    public enum OutputLayout: String, Codable, Sendable, CaseIterable {
        /// `[N, 4 + classes, anchors]`: centre x and y, width, height in model pixels, then scores in `0...1`; then the
        /// coefficients of masks, the points or the angle of the other tasks.
        case v8
        /// `[N, points, 2 · width]` and `[N, points, 2 · height]`: logits over half pixels.
        case simcc
    }

    /// The output of a detector.
    public struct Detection: Codable, Hashable, Sendable {
        public var layout: OutputLayout
        /// Model pixels a cell, one number a level.
        public var strides: [Int]

        public init(layout: OutputLayout = .v8, strides: [Int] = [8, 16, 32]) {
            (self.layout, self.strides) = (layout, strides)
        }
    }

    public var task: Task
    public var labels: [String]
    public var input: InputSpecification
    public var detection: Detection
    /// Empty where the model was never registered.
    public var name, version: String
    /// Where the weights come from: run, dataset, commit and what else the trainer knows.
    public var training: [String: String]
    /// The points of an object, for the tasks `pose` and `keypoints`.
    public var keypoints: KeypointLayout?

    public init(
        task: Task, labels: [String], input: InputSpecification, detection: Detection = .init(), name: String = "",
        version: String = "", training: [String: String] = [:], keypoints: KeypointLayout? = nil
    ) {
        (self.task, self.labels, self.input, self.detection) = (task, labels, input, detection)
        (self.name, self.version, self.training, self.keypoints) = (name, version, training, keypoints)
    }

    /// The anchors of one image in the model's input size: every cell of every level.
    public var anchorCount: Int {
        detection.strides.reduce(0) { $0 + (input.letterbox.width / $1) * (input.letterbox.height / $1) }
    }
}
