import ApusCore
import ApusNN
import ApusTorch

extension ConvolutionBlock {
    /// The convolution that gives what convolution and normalization give at inference: the weight
    /// `[outputs, inputs, k, k]` times γ/√(σ² + ε) for each output channel, and the bias β − μ·γ/√(σ² + ε).
    public func folded() -> (weight: NDArray, bias: NDArray) {
        var weights: [Float] = conv.weight.elements()
        let (gamma, beta): ([Float], [Float]) = (bn.weight.elements(), bn.bias.elements())
        let (mean, variance): ([Float], [Float]) = (bn.runningMean.elements(), bn.runningVariance.elements())
        var bias = [Float](repeating: 0, count: gamma.count)
        let size = weights.count / gamma.count
        for channel in gamma.indices {
            let factor = Double(gamma[channel]) / (Double(variance[channel]) + bn.epsilon).squareRoot()
            for index in channel * size..<(channel + 1) * size {
                weights[index] = Float(Double(weights[index]) * factor)
            }
            bias[channel] = Float(Double(beta[channel]) - Double(mean[channel]) * factor)
        }
        return (NDArray(weights, shape: conv.weight.shape), NDArray(bias))
    }
}
