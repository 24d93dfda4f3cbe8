import CApusTorch

/// A v8-style head's maps, and the fused operations on them: loss with gradients, assignment, decoding.
public struct DetectionMaps: Sendable {
    public var boxes, scores: [Tensor]
    public var strides: [Float]

    public init(boxes: [Tensor], scores: [Tensor], strides: [Float]) {
        precondition(
            !boxes.isEmpty && boxes.count == scores.count && boxes.count == strides.count, "one stride for each level")
        (self.boxes, self.scores, self.strides) = (boxes, scores, strides)
    }

    public struct Target: Sendable {
        var c: apus_target

        /// Centre and size are fractions of the image.
        public init(image: Int, label: Int, centerX: Float, centerY: Float, width: Float, height: Float) {
            c = apus_target(
                image: Int32(clamping: image), label: Int32(clamping: label), centerX: centerX, centerY: centerY,
                width: width, height: height)
        }
    }

    public struct Settings: Sendable {
        var c: apus_detection_settings

        public init(
            boxGain: Float, classGain: Float, distributionGain: Float, candidates: Int, scorePower: Float,
            overlapPower: Float
        ) {
            c = apus_detection_settings(
                boxGain: boxGain, classGain: classGain, distributionGain: distributionGain,
                candidates: Int32(clamping: max(candidates, 0)), scorePower: scorePower, overlapPower: overlapPower)
        }
    }

    public struct Loss: Sendable {
        public var total: Tensor
        public var box, classification, distribution: Float
        public var positives: Int
    }

    public func loss(_ targets: [Target], _ settings: Settings) throws(TorchError) -> Loss {
        var parts = apus_loss_parts()
        let handle = withExtendedLifetime(self) {
            apus_detection_loss(
                boxes.map(\.handle), scores.map(\.handle), strides, strides.count, targets.map(\.c), targets.count,
                settings.c, &parts)
        }
        return Loss(
            total: try Tensor(throwing: handle), box: parts.box, classification: parts.classification,
            distribution: parts.distribution, positives: Int(parts.positives))
    }

    /// For each image and anchor the index of its target, −1 for background, and its target score.
    public func assignment(_ targets: [Target], _ settings: Settings) throws(TorchError) -> (
        targets: [Int32], scores: [Float]
    ) {
        let anchors = boxes.reduce(0) { $0 + $1.size(2) * $1.size(3) } * boxes[0].size(0)
        var assigned = [Int32](repeating: -1, count: anchors)
        var targetScores = [Float](repeating: 0, count: anchors)
        let status = withExtendedLifetime(self) {
            apus_detection_assignment(
                boxes.map(\.handle), scores.map(\.handle), strides, strides.count, targets.map(\.c), targets.count,
                settings.c, &assigned, &targetScores)
        }
        guard status == 0 else { throw .last }
        return (assigned, targetScores)
    }

    public func decoded() throws(TorchError) -> Tensor {
        let handle = withExtendedLifetime(self) {
            apus_detection_decode(boxes.map(\.handle), scores.map(\.handle), strides, strides.count)
        }
        return try Tensor(throwing: handle)
    }
}
