import ApusTorch

/// The loss of coordinate classifiers: for each marked keypoint and axis the divergence from a bell curve around its
/// place (Li et al., *SimCC*, <https://arxiv.org/abs/2107.03332>). Curve and logits go through softmaxes of `sharpness`
/// times their values, and the curve is √(bins / 16) bins wide, both as in Jiang et al., *RTMPose*,
/// <https://arxiv.org/abs/2303.07399>: logits then grow to about 1 and serve as scores.
public struct CoordinateLoss: Codable, Hashable, Sendable {
    public var sharpness = 10.0
    /// The curve's deviation along both axes, in bins; from their number where there is none.
    public var sigma: Double?

    public init() {}

    /// The parts are `x` and `y`, and the total is their sum: a mean over marked keypoints.
    ///
    /// - Parameter keypoints: N · K rows: x and y as fractions of the input's sides, visibility 0 where nobody marked
    ///   it.
    public func callAsFunction(
        _ output: CoordinateOutput, keypoints: [SIMD3<Float>]
    ) throws(TorchError) -> LossValue {
        let weights = keypoints.map { $0.z > 0 ? 1 : 0 as Float }
        let x = try divergence(output.x, keypoints.map(\.x), weights)
        let y = try divergence(output.y, keypoints.map(\.y), weights)
        return LossValue(
            total: x + y, parts: [("x", x.item()), ("y", y.item())], positives: weights.count { $0 > 0 })
    }

    private func divergence(
        _ logits: Tensor, _ coordinates: [Float], _ weights: [Float]
    ) throws(TorchError) -> Tensor {
        let width = sigma ?? (Double(logits.size(-1)) / 16).squareRoot()
        return try logits.coordinateDivergence(
            from: coordinates, weights: weights, sigma: width, sharpness: sharpness)
    }
}
