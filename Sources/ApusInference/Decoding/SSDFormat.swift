import ApusConfiguration
import ApusVision
import Glibc

/// Boxes `[1, anchors, 4]` and scores `[1, anchors, classes]` in two outputs, maybe landmarks `[1, anchors, 2 · n]` in
/// a third; decoded already, or relative to priors.
///
/// Liu et al., *SSD: Single Shot MultiBox Detector*, <https://arxiv.org/abs/1512.02325>; UltraFace, RetinaFace.
public struct SSDFormat: OutputFormat, Hashable {
    /// The class that means nothing.
    public enum Background: String, Codable, Sendable, CaseIterable { case first, last, none }

    public var format = FormatName.ssd
    /// The outputs; boxes and scores left out, the two whose shapes tell.
    public var boxes: String?
    public var scores: String?
    public var landmarks: String?
    public var form = BoxForm.xyxy
    public var coordinates = Coordinates.normalized
    public var background = Background.first
    public var activation = Activation.none
    /// What the numbers are relative to; left out where boxes are decoded already.
    public var priors: Priors?

    public static var requiredKeys: Set<String> { ["format"] }

    public init() {}

    public func result(of outputs: ModelOutputs, _ context: DecodingContext) throws(InferenceError) -> Prediction.Result
    {
        let boxes = try outputs.matrix(boxes ?? outputs.name(ofTableWith: 4, but: [scores, landmarks]), at: 0)
        let scores = try outputs.matrix(scores ?? outputs.names.first { $0 != boxes.name && $0 != landmarks }, at: 1)
        guard boxes.columns == 4, scores.rows == boxes.rows else {
            throw outputs.unfit(
                expected: "boxes [1, anchors, 4] and scores [1, anchors, classes]",
                found: "\(boxes.name) \(boxes.shape) and \(scores.name) \(scores.shape)")
        }
        let priors = try self.priors.map { priors throws(InferenceError) in
            try priors.boxes(for: context, count: boxes.rows, outputs)
        }
        let labels = try classes(scores, outputs, context)
        var table = AnchorTable(classCount: labels.count, anchorCount: boxes.rows)
        fill(&table, boxes, priors, context.placement)
        fill(&table, scores, labels)
        table.keypoints = try points(outputs, priors, context.placement, count: boxes.rows)
        return .detections(context.detections(of: table))
    }

    /// The columns that are classes.
    private func classes(
        _ scores: Matrix, _ outputs: ModelOutputs, _ context: DecodingContext
    ) throws(InferenceError) -> Range<Int> {
        let classes =
            switch background {
            case .first: min(1, scores.columns)..<scores.columns
            case .last: 0..<max(scores.columns - 1, 0)
            case .none: 0..<scores.columns
            }
        guard !classes.isEmpty, classes.count == context.classCount ?? classes.count else {
            throw outputs.unfit(
                expected: "scores of \(context.classCount.map { "\($0)" } ?? "some") classes, background \(background)",
                found: "\(scores.name) \(scores.shape)")
        }
        return classes
    }

    private func fill(_ table: inout AnchorTable, _ boxes: Matrix, _ priors: [CenteredBox]?, _ placement: Placement) {
        let variances = self.priors?.variances ?? [1, 1]
        for anchor in 0..<boxes.rows {
            let values = (boxes[anchor, 0], boxes[anchor, 1], boxes[anchor, 2], boxes[anchor, 3])
            guard let prior = priors?[anchor] else {
                let box = form.box(values.0, values.1, values.2, values.3)
                table.setBox(coordinates.box(box, placement), of: anchor)
                continue
            }
            let offset = form == .yxyx ? (values.1, values.0, values.3, values.2) : values
            let box = CenteredBox(
                x: prior.x + offset.0 * variances[0] * prior.width,
                y: prior.y + offset.1 * variances[0] * prior.height,
                width: prior.width * exp(offset.2 * variances[1]), height: prior.height * exp(offset.3 * variances[1]))
            table.setBox(Coordinates.normalized.box(box, placement), of: anchor)
        }
    }

    private func fill(_ table: inout AnchorTable, _ scores: Matrix, _ classes: Range<Int>) {
        for anchor in 0..<scores.rows {
            let row = scores.values[(anchor * scores.columns)..<((anchor + 1) * scores.columns)]
            for (label, score) in activation(row)[classes].enumerated() {
                table.setScore(score, of: anchor, label: label)
            }
        }
    }

    private func points(
        _ outputs: ModelOutputs, _ priors: [CenteredBox]?, _ placement: Placement, count: Int
    ) throws(InferenceError) -> ((Int) -> Keypoints)? {
        guard let landmarks else { return nil }
        let matrix = try outputs.matrix(landmarks, at: 2)
        guard matrix.rows == count, matrix.columns % 2 == 0 else {
            throw outputs.unfit(expected: "landmarks [1, \(count), 2 · n]", found: "\(matrix.name) \(matrix.shape)")
        }
        let variance = self.priors?.variances[0] ?? 1
        return { anchor in
            Keypoints(
                (0..<matrix.columns / 2).map { index in
                    var (x, y) = (matrix[anchor, 2 * index], matrix[anchor, 2 * index + 1])
                    if let prior = priors?[anchor] {
                        (x, y) = (prior.x + x * variance * prior.width, prior.y + y * variance * prior.height)
                    }
                    let space = priors == nil ? coordinates : .normalized
                    let point = space.point(x: x, y: y, placement)
                    return Keypoint(x: point.x, y: point.y)
                })
        }
    }
}

extension ModelOutputs {
    /// The first output whose last extent is `columns`, the named ones apart.
    fileprivate func name(ofTableWith columns: Int, but others: [String?]) -> String? {
        names.first { !others.contains($0) && arrays[$0]?.shape.dimensions.last == columns }
    }
}
