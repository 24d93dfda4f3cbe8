import ApusVision

/// What a format needs to know of the image and of what is wanted.
public struct DecodingContext: Sendable {
    let placement: Placement
    let thresholds: Thresholds
    /// How many classes are named; `nil` where nobody names them.
    let classCount: Int?

    var inputWidth: Float { Float(placement.inputWidth) }
    var inputHeight: Float { Float(placement.inputHeight) }

    /// A find that suppression left, and the anchor or row that it comes from.
    struct Survivor {
        let anchor: Int
        let label: Int
        let score: Float
        /// In pixels of the image and inside it.
        let box: BoundingBox
    }

    /// What is above the threshold, best first.
    ///
    /// - Parameters:
    ///   - suppresses: whether of two boxes that overlap the lesser falls.
    ///   - multiLabel: whether an anchor may be of several classes.
    func survivors(of table: AnchorTable, suppresses: Bool = true, multiLabel: Bool = false) -> [Survivor] {
        survivors(of: candidates(of: table, multiLabel: multiLabel), suppresses: suppresses)
    }

    /// What is above the threshold, before suppression: boxes in pixels of the input.
    func candidates(of table: AnchorTable, multiLabel: Bool = false) -> [DetectionDecoder.Candidate] {
        table.values.withUnsafeBufferPointer {
            candidates(
                UnsafeBufferPointer(rebasing: $0.prefix(table.usedCount)), table.classCount, table.anchorCount,
                multiLabel)
        }
    }

    private func candidates(
        _ table: UnsafeBufferPointer<Float>, _ classCount: Int, _ anchors: Int, _ multiLabel: Bool
    ) -> [DetectionDecoder.Candidate] {
        DetectionDecoder(
            classCount: classCount, confidenceThreshold: thresholds.confidence, multiLabel: multiLabel
        ).candidates(table, anchors: anchors)
    }

    /// The same of a model's own table, in place: centre boxes in pixels of the input.
    func candidates(of anchors: AnchorReader) -> [DetectionDecoder.Candidate] {
        anchors.withTable { candidates($0, anchors.classCount, anchors.count, false) }
    }

    /// The same for boxes in pixels of the input.
    func survivors(of candidates: [DetectionDecoder.Candidate], suppresses: Bool) -> [Survivor] {
        let sound = candidates.filter { $0.detection.score > thresholds.confidence && $0.detection.box.isFinite }
        let kept = ApusVision.survivors(
            of: sound.map(\.detection), iouThreshold: suppresses ? thresholds.iou : .infinity,
            maximumDetections: thresholds.maximum)
        return kept.compactMap { index in
            let (anchor, detection) = sound[index]
            let box = placement.toImage(detection.box)
            // A box wholly on the padding has nothing left.
            guard box.area > 0, box.area.isFinite else { return nil }
            return Survivor(anchor: anchor, label: detection.label, score: detection.score, box: box)
        }
    }

    /// What is above the threshold, in pixels of the image, best first.
    func detections(of table: AnchorTable, suppresses: Bool = true, multiLabel: Bool = false) -> [Detection] {
        survivors(of: table, suppresses: suppresses, multiLabel: multiLabel).map { survivor in
            Detection(
                survivor.box, label: survivor.label, score: survivor.score,
                keypoints: table.keypoints.map { toImage($0(survivor.anchor)) })
        }
    }

    /// The same for boxes in pixels of the input.
    func detections(of candidates: [Detection], suppresses: Bool) -> [Detection] {
        survivors(of: Array(candidates.enumerated()).map { ($0.offset, $0.element) }, suppresses: suppresses).map {
            Detection(
                $0.box, label: $0.label, score: $0.score, keypoints: candidates[$0.anchor].keypoints.map(toImage))
        }
    }

    private func toImage(_ keypoints: Keypoints) -> Keypoints { Keypoints(keypoints.points.map(toImage)) }

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
