import ApusVision

/// What a model says of one image, for a file or a pipe.
public struct Prediction: Sendable {
    /// What was found: objects by a detector, classes by a classifier.
    public enum Result: Hashable, Sendable {
        case detections([Detection])
        case classifications([Classification])
    }

    /// The image's path, as it was given.
    public var image: String
    public var width, height: Int
    public var result: Result
    /// From reading the file to the result.
    public var milliseconds: Double

    public init(image: String, width: Int, height: Int, result: Result, milliseconds: Double) {
        (self.image, self.width, self.height) = (image, width, height)
        (self.result, self.milliseconds) = (result, milliseconds)
    }

    /// One object: boxes as COCO writes them (x, y, width, height in pixels), categories by index and name,
    /// keypoints as x, y and visibility where the model gives them.
    public func json(labels: LabelMap) -> JSONText {
        let found: (key: String, value: JSONText) =
            switch result {
            case .detections(let all): ("detections", .array(all.map { json($0, labels) }))
            case .classifications(let all): ("classifications", .array(all.map { json($0, labels) }))
            }
        return .object([
            ("image", .string(image)), ("width", .integer(width)), ("height", .integer(height)), found,
            ("milliseconds", .number((milliseconds * 1000).rounded() / 1000)),
        ])
    }

    private func json(_ detection: Detection, _ labels: LabelMap) -> JSONText {
        let box = detection.box
        let points: [(key: String, value: JSONText)] =
            detection.keypoints.map { [("keypoints", .array($0.coco.map(JSONText.float)))] } ?? []
        return .object(
            [
                ("category_id", .integer(detection.label)),
                ("category_name", .string(labels.name(of: detection.label))),
                ("bbox", .array([box.minX, box.minY, box.width, box.height].map(JSONText.float))),
                ("score", .float(detection.score)),
            ] + points)
    }

    private func json(_ classification: Classification, _ labels: LabelMap) -> JSONText {
        .object([
            ("category_id", .integer(classification.label)),
            ("category_name", .string(labels.name(of: classification.label))), ("score", .float(classification.score)),
        ])
    }
}
