import ApusConfiguration
import ApusVision

/// One output of `[1, 4 + classes, anchors]`, or transposed: boxes, then scores, maybe an objectness before and
/// points after them. YOLOv5 to v13, RT-DETR as Ultralytics exports it.
public struct V8Format: OutputFormat, Validated, Hashable {
    public var format = FormatName.v8
    /// The output; left out, the first.
    public var output: String?
    /// The axis of an anchor's numbers; left out where the shape tells.
    public var features: AnchorFeatures?
    /// Whether a number after the box says that there is something, as in YOLOv5.
    public var objectness = false
    public var boxes = BoxForm.cxcywh
    public var coordinates = Coordinates.input
    /// How many points an object has, and how many numbers a point: 2, or 3 with a confidence.
    public var keypoints = 0
    public var keypointNumbers = 3
    /// Numbers after the scores that do not count.
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
        let anchors = try outputs.anchors(output, rest: restCount, features: features, context)
        return anchors.withReader { anchors in
            let survivors = context.survivors(of: candidates(anchors, context), suppresses: suppress)
            guard keypoints > 0 else {
                return .detections(survivors.map { Detection($0.box, label: $0.label, score: $0.score) })
            }
            return .poses(
                survivors.map { found in
                    let points = points(anchors, found.anchor, context.placement)
                    return Pose(found.box, label: found.label, score: found.score, points: points)
                })
        }
    }

    private func candidates(_ anchors: AnchorReader, _ context: DecodingContext) -> [DetectionDecoder.Candidate] {
        if !objectness, boxes == .cxcywh, coordinates == .input { return context.candidates(of: anchors) }
        return context.candidates(of: table(of: anchors, context.placement))
    }

    /// An anchor's numbers besides its scores.
    private var restCount: Int { scoreStart + keypoints * keypointNumbers + extra }

    private var scoreStart: Int { 4 + (objectness ? 1 : 0) }

    private func points(_ anchors: AnchorReader, _ anchor: Int, _ placement: Placement) -> [PosePoint] {
        (0..<keypoints).map { index in
            let feature = scoreStart + anchors.classCount + index * keypointNumbers
            let (x, y) = coordinates.point(x: anchors[anchor, feature], y: anchors[anchor, feature + 1], placement)
            let place = placement.toImage(x: x, y: y)
            return PosePoint(x: place.x, y: place.y, score: keypointNumbers < 3 ? 1 : anchors[anchor, feature + 2])
        }
    }

    private func table(of anchors: AnchorReader, _ placement: Placement) -> AnchorTable {
        var table = AnchorTable(classCount: anchors.classCount, anchorCount: anchors.count)
        for anchor in 0..<anchors.count {
            let box = boxes.box(anchors[anchor, 0], anchors[anchor, 1], anchors[anchor, 2], anchors[anchor, 3])
            table.setBox(coordinates.box(box, placement), of: anchor)
            let factor = objectness ? anchors[anchor, 4] : 1
            for label in 0..<anchors.classCount {
                table.setScore(anchors[anchor, scoreStart + label] * factor, of: anchor, label: label)
            }
        }
        return table
    }
}
