import ApusTorch

/// One labelled box of a batch: centre and size are fractions of the image.
public struct DetectionTarget: Hashable, Sendable {
    /// Index into the batch.
    public var image: Int
    public var label: Int
    public var centerX, centerY, width, height: Float

    public init(image: Int, label: Int, centerX: Float, centerY: Float, width: Float, height: Float) {
        (self.image, self.label) = (image, label)
        (self.centerX, self.centerY, self.width, self.height) = (centerX, centerY, width, height)
    }
}

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
    }

    public func callAsFunction(_ output: DetectionOutput, _ targets: [DetectionTarget]) throws(TorchError) -> Value {
        let loss = try output.maps.loss(targets.map(\.assigned), settings)
        return Value(
            total: loss.total, box: Double(loss.box), classification: Double(loss.classification),
            distribution: Double(loss.distribution), positives: loss.positives)
    }

    /// For each image and anchor, `[B · anchors]`: the index of the target it shall predict (−1: none) and the score
    /// it shall give.
    public func assignment(_ output: DetectionOutput, _ targets: [DetectionTarget]) throws(TorchError) -> (
        targets: [Int32], scores: [Float]
    ) {
        try output.maps.assignment(targets.map(\.assigned), settings)
    }

    private var settings: DetectionMaps.Settings {
        DetectionMaps.Settings(
            boxGain: Float(boxGain), classGain: Float(classGain), distributionGain: Float(distributionGain),
            candidates: candidates, scorePower: Float(scorePower), overlapPower: Float(overlapPower))
    }
}

extension DetectionTarget {
    fileprivate var assigned: DetectionMaps.Target {
        DetectionMaps.Target(
            image: image, label: label, centerX: centerX, centerY: centerY, width: width, height: height)
    }
}
