import CApusTorch

/// A v8-style head's maps, and the fused operations on them: loss with gradients, assignment, decoding.
public struct HeadMaps: Sendable {
    /// What the head's own maps say beside boxes and class scores.
    public enum Extras: Sendable {
        case none
        /// Coefficients `[B, E, H_i, W_i]` a level, and the prototypes `[B, E, H, W]` that they multiply.
        case masks(coefficients: [Tensor], prototypes: Tensor)
        /// `[B, 3 · K, H_i, W_i]` a level: x, y and the visibility's logit of each keypoint.
        case keypoints([Tensor])
        /// `[B, 1, H_i, W_i]` a level.
        case angles([Tensor])
    }

    public var boxes, scores: [Tensor]
    public var extras: Extras
    public var strides: [Float]

    public init(boxes: [Tensor], scores: [Tensor], extras: Extras = .none, strides: [Float]) {
        precondition(
            !boxes.isEmpty && boxes.count == scores.count && boxes.count == strides.count, "one stride for each level")
        precondition(extras.maps.isEmpty || extras.maps.count == boxes.count, "one extra map for each level")
        (self.boxes, self.scores, self.extras, self.strides) = (boxes, scores, extras, strides)
    }

    public func loss(_ truths: HeadTruths, _ settings: HeadLossSettings) throws(TorchError) -> HeadLoss {
        var parts = apus_loss_parts()
        let handle = withHead { head in
            truths.withC { truths in settings.withC { apus_head_loss(&head, &truths, &$0, &parts) } }
        }
        return HeadLoss(total: try Tensor(throwing: handle), parts)
    }

    /// For each image and anchor the index of its target, −1 for background, and its target score.
    public func assignment(_ truths: HeadTruths, _ settings: HeadLossSettings) throws(TorchError) -> (
        targets: [Int32], scores: [Float]
    ) {
        let anchors = boxes.reduce(0) { $0 + $1.size(2) * $1.size(3) } * boxes[0].size(0)
        var assigned = [Int32](repeating: -1, count: anchors)
        var targetScores = [Float](repeating: 0, count: anchors)
        let status = withHead { head in
            truths.withC { truths in
                settings.withC { apus_head_assignment(&head, &truths, &$0, &assigned, &targetScores) }
            }
        }
        guard status == 0 else { throw .last }
        return (assigned, targetScores)
    }

    /// `[B, 4 + classes + extras, anchors]`: centre, width and height in pixels, sigmoid scores, then coefficients, or
    /// x, y in pixels and sigmoid visibility of each keypoint, or the angle in radians.
    public func decoded() throws(TorchError) -> Tensor {
        try Tensor(throwing: withHead { apus_head_decode(&$0) })
    }

    private func withHead<Result>(_ body: (inout apus_head) -> Result) -> Result {
        withExtendedLifetime(self) {
            boxes.map(\.handle).withUnsafeBufferPointer { boxes in
                scores.map(\.handle).withUnsafeBufferPointer { scores in
                    extras.maps.map(\.handle).withUnsafeBufferPointer { maps in
                        strides.withUnsafeBufferPointer { strides in
                            var head = apus_head(
                                task: extras.task, levels: strides.count, strides: strides.baseAddress!,
                                boxes: boxes.baseAddress!, scores: scores.baseAddress!,
                                extras: maps.isEmpty ? nil : maps.baseAddress,
                                prototypes: extras.prototypes?.handle)
                            return body(&head)
                        }
                    }
                }
            }
        }
    }
}

extension HeadMaps.Extras {
    var maps: [Tensor] {
        switch self {
        case .none: []
        case .masks(let maps, _), .keypoints(let maps), .angles(let maps): maps
        }
    }

    var prototypes: Tensor? {
        guard case .masks(_, let prototypes) = self else { return nil }
        return prototypes
    }

    var task: Int32 {
        let task =
            switch self {
            case .none: APUS_DETECT
            case .masks: APUS_SEGMENT
            case .keypoints: APUS_POSE
            case .angles: APUS_OBB
            }
        return Int32(task.rawValue)
    }
}
