import ApusTorch
import ApusVision

/// The loss of image classifiers: cross entropy, smoothed (Szegedy et al., <https://arxiv.org/abs/1512.00567>),
/// weighted by class and made focal (Lin et al., <https://arxiv.org/abs/1708.02002>) where asked for.
public struct ClassificationLoss: Codable, Hashable, Sendable {
    /// The share of the truth that is spread over all classes.
    public var labelSmoothing = 0.0
    /// Above 0, a class of probability p counts (1 − p)^focalGamma times.
    public var focalGamma = 0.0
    /// How much each class counts; all alike where it is empty.
    public var classWeights: [Double] = []

    public init() {}

    /// The part is `cls`, and the total is its value: a mean over the images by their weights, as PyTorch's.
    ///
    /// - Parameters:
    ///   - logits: `[N, classes]`
    ///   - targets: one of share 1 an image, or several whose shares add up to 1.
    public func callAsFunction(
        _ logits: Tensor, _ targets: [ClassificationTarget]
    ) throws(TorchError) -> LossValue {
        let shares = targets.map { ClassShareRow(image: $0.image, label: $0.label, share: $0.share) }
        let total = try logits.crossEntropy(
            shares, labelSmoothing: labelSmoothing, focalGamma: focalGamma, classWeights: classWeights.map(Float.init))
        return LossValue(total: total, parts: [("cls", total.item())], positives: Set(targets.map(\.image)).count)
    }
}
