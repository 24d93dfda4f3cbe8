import ApusCore
import ApusNN
import ApusTorch

extension Conv2D {
    /// The convolution that gives what this one and the normalization after it give at inference: the weight
    /// `[outputs, inputs / groups, k, k]` times γ/√(σ² + ε) for each output channel, and the bias
    /// β + (b − μ)·γ/√(σ² + ε).
    public func folded(with normalization: BatchNorm2D) -> (weight: NDArray, bias: NDArray) {
        var weights: [Float] = weight.elements()
        let (gamma, beta): ([Float], [Float]) = (normalization.weight.elements(), normalization.bias.elements())
        let mean: [Float] = normalization.runningMean.elements()
        let variance: [Float] = normalization.runningVariance.elements()
        var bias: [Float] = self.bias?.elements() ?? [Float](repeating: 0, count: gamma.count)
        let size = weights.count / gamma.count
        for channel in gamma.indices {
            let factor = Double(gamma[channel]) / (Double(variance[channel]) + normalization.epsilon).squareRoot()
            for index in channel * size..<(channel + 1) * size {
                weights[index] = Float(Double(weights[index]) * factor)
            }
            bias[channel] = Float(Double(beta[channel]) + (Double(bias[channel]) - Double(mean[channel])) * factor)
        }
        return (NDArray(weights, shape: weight.shape), NDArray(bias))
    }
}

extension ConvolutionBlock {
    /// Convolution and normalization as one convolution at inference.
    public func folded() -> (weight: NDArray, bias: NDArray) { conv.folded(with: bn) }
}
