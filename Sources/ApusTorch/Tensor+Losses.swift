import CApusTorch

/// How much of an image, an index into the batch, is of a class.
public struct ClassShareRow: Sendable {
    var c: apus_class_share

    public init(image: Int, label: Int, share: Float) {
        c = apus_class_share(image: Int32(clamping: image), label: Int32(clamping: label), share: share)
    }
}

extension Tensor {
    /// Cross entropy of logits `[N, classes]` and shares: smoothed, each class times its weight (all 1 where there are
    /// none), and focal where `focalGamma` is above 0. A mean over the shares' weights.
    public func crossEntropy(
        _ shares: [ClassShareRow], labelSmoothing: Double, focalGamma: Double, classWeights: [Float]
    ) throws(TorchError) -> Tensor {
        let loss = classWeights.withUnsafeBufferPointer {
            apus_classification_loss(
                handle, shares.map(\.c), shares.count, labelSmoothing, focalGamma,
                $0.isEmpty ? nil : $0.baseAddress, $0.count)
        }
        return try Tensor(throwing: loss)
    }

    /// Divergence of logits `[N, K, bins]` of one axis from bell curves of `sigma` bins around `coordinates`, fractions
    /// of the axis; a mean by `weights`. Both are one a keypoint. Softmaxes are taken of `sharpness` times the values.
    public func coordinateDivergence(
        from coordinates: [Float], weights: [Float], sigma: Double, sharpness: Double
    ) throws(TorchError) -> Tensor {
        precondition(coordinates.count == weights.count, "\(coordinates.count) coordinates, \(weights.count) weights")
        return try Tensor(
            throwing: apus_coordinate_loss(handle, coordinates, weights, weights.count, sigma, sharpness))
    }
}
