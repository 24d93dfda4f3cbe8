/// Logits `[1, queries, classes]` and boxes `[1, queries, 4]`, one object a query and nothing to suppress.
///
/// Carion et al., *End-to-End Object Detection with Transformers*,
/// <https://arxiv.org/abs/2005.12872>; RT-DETR, RF-DETR.
public struct DETRFormat: OutputFormat, Hashable {
    public var format = FormatName.detr
    public var logits = "logits"
    public var boxes = "pred_boxes"
    public var form = BoxForm.cxcywh
    public var coordinates = Coordinates.normalized
    /// With softmax the last class means nothing; with sigmoid a query may be of several classes.
    public var activation = Activation.softmax

    public static var requiredKeys: Set<String> { ["format"] }

    public init() {}

    public func result(of outputs: ModelOutputs, _ context: DecodingContext) throws(InferenceError) -> Prediction.Result
    {
        let (logits, boxes) = (try outputs.matrix(logits, at: 0), try outputs.matrix(boxes, at: 1))
        let classCount = logits.columns - (activation == .softmax ? 1 : 0)
        guard boxes.columns == 4, boxes.rows == logits.rows, classCount > 0,
            classCount == context.classCount ?? classCount
        else {
            throw outputs.unfit(
                expected: "logits of \(context.classCount.map { "\($0)" } ?? "some") classes and four numbers a query",
                found: "\(logits.name) \(logits.shape) and \(boxes.name) \(boxes.shape)")
        }
        var table = AnchorTable(classCount: classCount, anchorCount: boxes.rows)
        for query in 0..<boxes.rows {
            let box = form.box(boxes[query, 0], boxes[query, 1], boxes[query, 2], boxes[query, 3])
            table.setBox(coordinates.box(box, context.placement), of: query)
            let row = logits.values[(query * logits.columns)..<((query + 1) * logits.columns)]
            for (label, score) in activation(row).prefix(classCount).enumerated() {
                table.setScore(score, of: query, label: label)
            }
        }
        return .detections(
            context.detections(of: table, suppresses: false, multiLabel: activation == .sigmoid))
    }
}
