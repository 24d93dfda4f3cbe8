import ApusTorch
import ApusVision

/// The loss of v8-style detectors: task-aligned assignment (Feng et al., <https://arxiv.org/abs/2108.07755>), complete
/// IoU (Zheng et al., <https://arxiv.org/abs/1911.08287>) and distribution focal loss (Li et al.,
/// <https://arxiv.org/abs/2006.04388>) for boxes, binary cross entropy for classes.
public struct DetectionLoss: Codable, Hashable, Sendable {
    public var boxGain = 7.5
    public var classGain = 0.5
    public var distributionGain = 1.5
    /// Anchors that a labelled box may claim.
    public var candidates = 10
    /// alignment = score^scorePower · overlap^overlapPower
    public var scorePower = 0.5
    public var overlapPower = 6.0
    /// Above 0, a class score p that shall be t counts |t − p|^focalGamma times its cross entropy (quality focal loss,
    /// <https://arxiv.org/abs/2006.04388>).
    public var focalGamma = 0.0
    /// How much each class counts in the class loss; all alike where it is empty.
    public var classWeights: [Double] = []

    public init() {}

    /// The loss of one batch and its parts, each multiplied by its gain.
    public struct Value: Sendable {
        /// The parts' sum times the batch size: what `backward` starts from.
        public var total: Tensor
        public var box, classification, distribution: Double
        /// Anchors that were assigned a box.
        public var positives: Int

        /// The parts' sum: the loss of one image on average.
        public var sum: Double { box + classification + distribution }

        public var parts: [LossValue.Part] { [("box", box), ("cls", classification), ("dfl", distribution)] }
    }

    public func callAsFunction(_ output: DetectionOutput, _ targets: [DetectionTarget]) throws(TorchError) -> Value {
        let loss = try output.maps().loss(HeadTruths(targets.map(\.forHead)), settings)
        return Value(
            total: loss.total, box: Double(loss.box), classification: Double(loss.classification),
            distribution: Double(loss.distribution), positives: loss.positives)
    }

    /// For each image and anchor, `[B · anchors]`: the index of the target it shall predict (−1: none) and the score
    /// it shall give.
    public func assignment(_ output: DetectionOutput, _ targets: [DetectionTarget]) throws(TorchError) -> (
        targets: [Int32], scores: [Float]
    ) {
        try output.maps().assignment(HeadTruths(targets.map(\.forHead)), settings)
    }

    var settings: HeadLossSettings {
        var settings = HeadLossSettings(
            boxGain: Float(boxGain), classGain: Float(classGain), distributionGain: Float(distributionGain),
            candidates: candidates, scorePower: Float(scorePower), overlapPower: Float(overlapPower))
        settings.focalGamma = Float(focalGamma)
        settings.classWeights = classWeights.map(Float.init)
        return settings
    }
}

extension HeadLoss {
    /// Box, class and distribution loss by their names.
    var detectionParts: [LossValue.Part] {
        [("box", Double(box)), ("cls", Double(classification)), ("dfl", Double(distribution))]
    }
}
