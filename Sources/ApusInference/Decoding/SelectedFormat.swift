import ApusVision

/// Boxes `[1, anchors, 4]`, scores `[1, classes, anchors]` and what ONNX's NonMaxSuppression selected of them:
/// `[n, 3]` of image, class and anchor.
public struct SelectedFormat: OutputFormat, Hashable {
    public var format = FormatName.selected
    /// The outputs.
    public var boxes = "boxes"
    public var scores = "scores"
    public var indices = "indices"
    public var form = BoxForm.yxyx
    public var coordinates = Coordinates.input

    public static var requiredKeys: Set<String> { ["format"] }

    public init() {}

    public func result(of outputs: ModelOutputs, _ context: DecodingContext) throws(InferenceError) -> Prediction.Result
    {
        let (boxes, scores) = (try outputs.matrix(boxes, at: 0), try outputs.matrix(scores, at: 1))
        let indices = try outputs.numbers(indices, at: 2)
        guard boxes.columns == 4, scores.columns == boxes.rows, indices.count % 3 == 0,
            scores.rows == context.classCount ?? scores.rows
        else {
            throw outputs.unfit(
                expected: "boxes [1, anchors, 4], scores [1, classes, anchors] and indices [n, 3]",
                found: "\(boxes.shape), \(scores.shape) and \(indices.count) indices")
        }
        let found = stride(from: 0, to: indices.count, by: 3).compactMap { start -> Detection? in
            guard indices[start] == 0, let label = Int(exactly: indices[start + 1]),
                let anchor = Int(exactly: indices[start + 2]), (0..<scores.rows).contains(label),
                (0..<boxes.rows).contains(anchor)
            else { return nil }
            let box = form.box(boxes[anchor, 0], boxes[anchor, 1], boxes[anchor, 2], boxes[anchor, 3])
            let placed = coordinates.box(box, context.placement)
            return Detection(
                BoundingBox(centerX: placed.x, centerY: placed.y, width: placed.width, height: placed.height),
                label: label, score: scores[label, anchor])
        }
        return .detections(context.detections(of: found, suppresses: false))
    }
}
