import ApusVision

/// What a format needs to know of the image and of what is wanted.
public struct DecodingContext: Sendable {
    let placement: Placement
    let thresholds: Thresholds
    /// How many classes are named; `nil` where nobody names them.
    let classCount: Int?

    var inputWidth: Float { Float(placement.inputWidth) }
    var inputHeight: Float { Float(placement.inputHeight) }

    /// What is above the threshold, in pixels of the image, best first.
    ///
    /// - Parameters:
    ///   - suppresses: whether of two boxes that overlap the lesser falls.
    ///   - multiLabel: whether an anchor may be of several classes.
    func detections(of table: AnchorTable, suppresses: Bool = true, multiLabel: Bool = false) -> [Detection] {
        let decoder = DetectionDecoder(
            classCount: table.classCount, confidenceThreshold: thresholds.confidence, multiLabel: multiLabel)
        let candidates = table.values.withUnsafeBufferPointer {
            decoder.candidates(UnsafeBufferPointer(rebasing: $0.prefix(table.usedCount)), anchors: table.anchorCount)
        }
        return detections(
            of: candidates.map { anchor, detection in
                var detection = detection
                detection.keypoints = table.keypoints?(anchor)
                return detection
            }, suppresses: suppresses)
    }

    /// The same for boxes in pixels of the input.
    func detections(of candidates: [Detection], suppresses: Bool) -> [Detection] {
        let sound = candidates.filter { $0.score > thresholds.confidence && $0.box.isFinite }
        let kept = nonMaximumSuppression(
            sound, iouThreshold: suppresses ? thresholds.iou : .infinity, maximumDetections: thresholds.maximum)
        return kept.compactMap { detection in
            let box = placement.toImage(detection.box)
            // A box wholly on the padding has nothing left.
            guard box.area > 0, box.area.isFinite else { return nil }
            return Detection(
                box, label: detection.label, score: detection.score,
                keypoints: detection.keypoints.map { Keypoints($0.points.map(toImage)) })
        }
    }

    private func toImage(_ point: Keypoint) -> Keypoint {
        let (x, y) = placement.toImage(x: point.x, y: point.y)
        guard point.visibility != .absent, x.isFinite, y.isFinite else {
            return Keypoint(x: 0, y: 0, visibility: .absent)
        }
        return Keypoint(x: x, y: y, visibility: point.visibility)
    }
}

extension BoundingBox {
    fileprivate var isFinite: Bool { (minX + minY + maxX + maxY).isFinite }
}
