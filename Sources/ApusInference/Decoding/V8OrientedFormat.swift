import ApusConfiguration
import ApusVision

/// Boxes at an angle `[1, 4 + classes + 1, anchors]`, or transposed: centre x and y, width, height in pixels of the
/// input, scores, then the angle in radians, clockwise as seen. YOLOv8-obb to v13-obb.
public struct V8OrientedFormat: OutputFormat, Hashable {
    public var format = FormatName.oriented
    /// The output; left out, the first.
    public var output: String?
    /// The axis of an anchor's numbers; left out where the shape tells.
    public var features: AnchorFeatures?
    /// What the threshold of suppression is compared with.
    public var overlap = OrientedOverlap.exact

    public static var requiredKeys: Set<String> { ["format"] }

    public init() {}

    public func result(of outputs: ModelOutputs, _ context: DecodingContext) throws(InferenceError) -> Prediction.Result
    {
        let rows = try outputs.anchors(output, rest: 5, features: features, context)
        return .oriented(rows.withReader { detections(of: $0, context) })
    }

    private func detections(of anchors: AnchorReader, _ context: DecodingContext) -> [OrientedDetection] {
        let candidates = context.candidates(of: anchors)
        let boxes = candidates.map { box(anchors, $0.anchor) }
        let sound = boxes.indices.filter { boxes[$0].isFinite && boxes[$0].area > 0 }
        let kept = survivors(
            of: sound.map { boxes[$0] }, scores: sound.map { candidates[$0].detection.score },
            labels: sound.map { candidates[$0].detection.label }, overlap: overlap,
            iouThreshold: context.thresholds.iou, maximumDetections: context.thresholds.maximum)
        return kept.compactMap { place in
            let (box, found) = (boxes[sound[place]], candidates[sound[place]].detection)
            return context.placement.toImage(box).map {
                OrientedDetection($0, label: found.label, score: found.score)
            }
        }
    }

    private func box(_ anchors: AnchorReader, _ anchor: Int) -> OrientedBox {
        OrientedBox(
            centerX: anchors[anchor, 0], centerY: anchors[anchor, 1], width: anchors[anchor, 2],
            height: anchors[anchor, 3], angle: anchors[anchor, 4 + anchors.classCount])
    }
}

extension Placement {
    /// A box of the input, in pixels of the image; `nil` where none of it lies in the image.
    fileprivate func toImage(_ box: OrientedBox) -> OrientedBox? {
        var moved = box
        moved.centerX -= Float(left)
        moved.centerY -= Float(top)
        let result = moved.scaled(1 / scaleX, 1 / scaleY)
        let visible = result.boundingBox.clipped(width: Float(imageWidth), height: Float(imageHeight))
        return result.isFinite && result.area.isFinite && visible.area > 0 ? result : nil
    }
}
