import ApusConfiguration
import ApusVision

/// One output of `[1, 4 + classes, anchors]`, or transposed: boxes, then scores, maybe an objectness before and
/// keypoints after them. YOLOv5 to v13, RT-DETR as Ultralytics exports it.
public struct V8Format: OutputFormat, Validated, Hashable {
    /// Where an anchor's numbers lie.
    public enum Features: String, Codable, Sendable, CaseIterable { case first, last }

    public var format = FormatName.v8
    /// The output; left out, the first.
    public var output: String?
    /// The axis of an anchor's numbers; left out where the shape tells.
    public var features: Features?
    /// Whether a number after the box says that there is something, as in YOLOv5.
    public var objectness = false
    public var boxes = BoxForm.cxcywh
    public var coordinates = Coordinates.input
    /// How many points an object has, and how many numbers a point: 2, or 3 with a confidence.
    public var keypoints = 0
    public var keypointNumbers = 3
    /// Numbers after the scores that do not count, such as a mask's coefficients.
    public var extra = 0
    /// Whether of two boxes of a class that overlap the lesser falls.
    public var suppress = true

    public static var requiredKeys: Set<String> { ["format"] }

    public init() {}

    public func problems() -> [ConfigurationProblem] {
        [
            .range("keypoints", keypoints, 0...4096), .range("keypointNumbers", keypointNumbers, 2...3),
            .range("extra", extra, 0...65_536),
        ].compactMap { $0 }
    }

    public func result(of outputs: ModelOutputs, _ context: DecodingContext) throws(InferenceError) -> Prediction.Result
    {
        let matrix = try outputs.matrix(output, at: 0)
        guard let anchors = AnchorRows(matrix, self, context.classCount) else {
            throw outputs.unfit(
                expected: "\(expectation(context)) in “\(matrix.name)”", found: "\(matrix.shape)")
        }
        return .detections(context.detections(of: table(of: anchors, context.placement), suppresses: suppress))
    }

    /// An anchor's numbers besides its scores.
    var restCount: Int { 4 + (objectness ? 1 : 0) + keypoints * keypointNumbers + extra }

    private func expectation(_ context: DecodingContext) -> String {
        let count = context.classCount.map { "\(restCount + $0)" } ?? "more than \(restCount)"
        return "\(count) numbers an anchor"
    }

    private func table(of anchors: AnchorRows, _ placement: Placement) -> AnchorTable {
        var table = plainTable(anchors, placement)
        guard keypoints > 0 else { return table }
        let start = 4 + (objectness ? 1 : 0) + anchors.classCount
        table.keypoints = { anchor in
            Keypoints(
                (0..<keypoints).map { index in
                    let feature = start + index * keypointNumbers
                    let isSeen = keypointNumbers < 3 || anchors[anchor, feature + 2] >= 0.5
                    let (x, y) = coordinates.point(
                        x: anchors[anchor, feature], y: anchors[anchor, feature + 1], placement)
                    return Keypoint(x: x, y: y, visibility: isSeen ? .visible : .absent)
                })
        }
        return table
    }

    private func plainTable(_ anchors: AnchorRows, _ placement: Placement) -> AnchorTable {
        let (count, classCount) = (anchors.count, anchors.classCount)
        if anchors.areFeaturesFirst, !objectness, boxes == .cxcywh, coordinates == .input {
            return AnchorTable(classCount: classCount, anchorCount: count, values: anchors.matrix.values)
        }
        var table = AnchorTable(classCount: classCount, anchorCount: count)
        let first = objectness ? 5 : 4
        for anchor in 0..<count {
            let box = boxes.box(anchors[anchor, 0], anchors[anchor, 1], anchors[anchor, 2], anchors[anchor, 3])
            table.setBox(coordinates.box(box, placement), of: anchor)
            let factor = objectness ? anchors[anchor, 4] : 1
            for label in 0..<classCount {
                table.setScore(anchors[anchor, first + label] * factor, of: anchor, label: label)
            }
        }
        return table
    }
}

/// A table whose rows or columns are anchors.
private struct AnchorRows {
    let matrix: Matrix
    let areFeaturesFirst: Bool
    let classCount: Int

    var count: Int { areFeaturesFirst ? matrix.columns : matrix.rows }

    /// `nil` where no axis has the right extent.
    init?(_ matrix: Matrix, _ format: V8Format, _ classCount: Int?) {
        let rest = format.restCount
        let isFirst: Bool
        switch (format.features, classCount) {
        case (let features?, _): isFirst = features == .first
        case (nil, let count?): isFirst = matrix.rows == rest + count
        case (nil, nil): isFirst = matrix.rows <= matrix.columns
        }
        let found = (isFirst ? matrix.rows : matrix.columns) - rest
        guard found > 0, found == classCount ?? found else { return nil }
        (self.matrix, areFeaturesFirst, self.classCount) = (matrix, isFirst, found)
    }

    subscript(anchor: Int, feature: Int) -> Float {
        areFeaturesFirst ? matrix[feature, anchor] : matrix[anchor, feature]
    }
}
