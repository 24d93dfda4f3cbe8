import ApusConfiguration
import ApusVision

/// Finished detections: rows of `[x1, y1, x2, y2, score, label]` in whatever order, or boxes, scores and labels in
/// outputs of their own. YOLOv10, TensorFlow's detectors, torchvision's, RT-DETR with its own decoder.
public struct DetectionListFormat: OutputFormat, Validated, Hashable {
    /// What a number of a row is.
    public enum Column: String, Codable, Sendable, CaseIterable {
        /// The four numbers of the box, as `form` orders them.
        case a = "box0", b = "box1", c = "box2", d = "box3"
        case score, label
        /// The image's place in the batch; rows of others are left out.
        case image
        case other
    }

    public var format = FormatName.detections
    /// The output of rows; left out where boxes, scores and labels have their own.
    public var rows: String?
    public var columns: [Column] = [.a, .b, .c, .d, .score, .label]
    /// Points after a row's columns, and how many numbers a point: 2, or 3 with a confidence.
    public var keypoints = 0
    public var keypointNumbers = 3
    /// The output of mask prototypes `[1, masks, height, width]`, whose coefficients come after a row's columns.
    public var prototypes: String?
    /// `[1, n, 4]`, or `[1, n, 5]` with the score last.
    public var boxes: String?
    public var scores: String?
    public var labels: String?
    /// How many of them count; left out, all.
    public var count: String?
    public var form = BoxForm.xyxy
    public var coordinates = Coordinates.input
    /// The number of the first class.
    public var firstLabel = 0
    /// Whether of two boxes of a class that overlap the lesser falls.
    public var suppress = false

    public static var requiredKeys: Set<String> { ["format"] }

    public init() {}

    public func problems() -> [ConfigurationProblem] {
        [
            .range("keypoints", keypoints, 0...4096), .range("keypointNumbers", keypointNumbers, 2...3),
            .range("firstLabel", firstLabel, 0...65_536),
        ].compactMap { $0 }
    }

    public func result(of outputs: ModelOutputs, _ context: DecodingContext) throws(InferenceError) -> Prediction.Result
    {
        guard boxes == nil else {
            return .detections(
                context.detections(of: try fromColumns(outputs, context), suppresses: suppress))
        }
        return try fromRows(outputs, context)
    }

    /// `nil` where the label is no class.
    private func detection(
        _ box: (Float, Float, Float, Float), _ score: Float, _ label: Float, _ placement: Placement
    ) -> Detection? {
        guard let number = Int(exactly: label.rounded()), (firstLabel..<(1 << 24)).contains(number) else { return nil }
        let centred = coordinates.box(form.box(box.0, box.1, box.2, box.3), placement)
        let bounds = BoundingBox(
            centerX: centred.x, centerY: centred.y, width: centred.width, height: centred.height)
        return Detection(bounds, label: number - firstLabel, score: score)
    }
}

extension DetectionListFormat {
    private func fromRows(_ outputs: ModelOutputs, _ context: DecodingContext) throws(InferenceError)
        -> Prediction.Result
    {
        let matrix = try outputs.matrix(rows, at: 0)
        let planes = try prototypes.map { name throws(InferenceError) in
            try PrototypeArray(name, beside: matrix.name, outputs)
        }
        let count = columns.count + keypoints * keypointNumbers + (planes?.count ?? 0)
        guard matrix.columns == count || matrix.rows == 0 else {
            throw outputs.unfit(
                expected: "\(count) numbers a detection in “\(matrix.name)”", found: "\(matrix.shape)")
        }
        let survivors = context.survivors(of: candidates(matrix, context.placement), suppresses: suppress)
        if let planes {
            let segments = planes.segments(survivors, context.placement) { survivor in
                (0..<planes.count).map { matrix[survivor.anchor, count - planes.count + $0] }
            }
            return .segments(segments)
        }
        guard keypoints > 0 else {
            return .detections(survivors.map { Detection($0.box, label: $0.label, score: $0.score) })
        }
        return .poses(
            survivors.map {
                Pose($0.box, label: $0.label, score: $0.score, points: points(matrix, $0.anchor, context.placement))
            })
    }

    /// The rows of this image whose label is a class.
    private func candidates(_ matrix: Matrix, _ placement: Placement) -> [DetectionDecoder.Candidate] {
        let places = Dictionary(zip(columns, columns.indices), uniquingKeysWith: { first, _ in first })
        return (0..<matrix.rows).compactMap { row in
            let value = { (column: Column) in places[column].map { matrix[row, $0] } ?? 0 }
            guard value(.image) == 0 else { return nil }
            let box = (value(.a), value(.b), value(.c), value(.d))
            return detection(box, value(.score), value(.label), placement).map { (row, $0) }
        }
    }

    private func points(_ matrix: Matrix, _ row: Int, _ placement: Placement) -> [PosePoint] {
        (0..<keypoints).map { index in
            let column = columns.count + index * keypointNumbers
            let (x, y) = coordinates.point(x: matrix[row, column], y: matrix[row, column + 1], placement)
            let place = placement.toImage(x: x, y: y)
            return PosePoint(x: place.x, y: place.y, score: keypointNumbers < 3 ? 1 : matrix[row, column + 2])
        }
    }

    private func fromColumns(
        _ outputs: ModelOutputs, _ context: DecodingContext
    ) throws(InferenceError) -> [Detection] {
        let boxes = try outputs.matrix(boxes, at: 0)
        let scores =
            try scores.map { name throws(InferenceError) in try outputs.numbers(name, at: 0) }
            ?? (0..<boxes.rows).map { boxes.columns > 4 ? boxes[$0, 4] : 1 }
        let labels =
            try labels.map { name throws(InferenceError) in try outputs.numbers(name, at: 0) }
            ?? Array(repeating: Float(firstLabel), count: boxes.rows)
        let limit = try count.map { name throws(InferenceError) in try outputs.numbers(name, at: 0) }?.first
        guard (4...5).contains(boxes.columns) || boxes.rows == 0, scores.count == boxes.rows,
            labels.count == boxes.rows
        else {
            throw outputs.unfit(
                expected: "as many boxes as scores and labels",
                found: "boxes \(boxes.shape), \(scores.count) scores, \(labels.count) labels")
        }
        let used = limit.map { $0 >= 0 && $0 < Float(boxes.rows) ? Int($0) : boxes.rows } ?? boxes.rows
        return (0..<used).compactMap { row in
            let box = (boxes[row, 0], boxes[row, 1], boxes[row, 2], boxes[row, 3])
            return detection(box, scores[row], labels[row], context.placement)
        }
    }
}
