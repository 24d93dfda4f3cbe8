/// What a model is for and how it is fed: the description that travels inside the ONNX file, so that training,
/// evaluation and inference read the same one.
public struct ModelDescription: Codable, Hashable, Sendable {
    public enum Task: String, Codable, Sendable, CaseIterable { case detect, classify, segment, pose }

    /// How a detector's output is laid out.
    public enum OutputLayout: String, Codable, Sendable, CaseIterable {
        /// `[N, 4 + classes, anchors]`: centre x and y, width, height in model pixels, then scores in `0...1`.
        case v8
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

    public init(
        task: Task, labels: [String], input: InputSpecification, detection: Detection = .init(), name: String = "",
        version: String = "", training: [String: String] = [:]
    ) {
        (self.task, self.labels, self.input, self.detection) = (task, labels, input, detection)
        (self.name, self.version, self.training) = (name, version, training)
    }

    /// The anchors of one image in the model's input size: every cell of every level.
    public var anchorCount: Int {
        detection.strides.reduce(0) { $0 + (input.letterbox.width / $1) * (input.letterbox.height / $1) }
    }
}
