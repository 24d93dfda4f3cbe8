import ApusCore
import ApusTorch

/// Normalizes each channel over the batch and all pixels (Ioffe and Szegedy, <https://arxiv.org/abs/1502.03167>).
///
/// - Input and output: `[N, channels, H, W]`
public final class BatchNorm2D: Module {
    public let weight, bias: Tensor
    public let runningMean, runningVariance: Tensor
    /// How many batches the running statistics have seen.
    public let batchCount: Tensor
    public let epsilon, momentum: Double

    public init(_ channels: Int, epsilon: Double = 1e-5, momentum: Double = 0.1) {
        weight = Tensor.ones([channels]).requiringGradient()
        bias = Tensor.zeros([channels]).requiringGradient()
        runningMean = Tensor.zeros([channels])
        runningVariance = Tensor.ones([channels])
        batchCount = Tensor.zeros([], dataType: .int64)
        (self.epsilon, self.momentum) = (epsilon, momentum)
    }

    public override var localParameters: [Named] { [("weight", weight), ("bias", bias)] }
    public override var localBuffers: [Named] {
        [("running_mean", runningMean), ("running_var", runningVariance), ("num_batches_tracked", batchCount)]
    }

    public func callAsFunction(_ x: Tensor) -> Tensor { x.batchNorm(nextStatistics()) }

    /// This normalization followed by SiLU, as one operation that needs less memory in training.
    public func withSilu(_ x: Tensor) -> Tensor { x.batchNormSilu(nextStatistics()) }

    private func nextStatistics() -> Tensor.BatchStatistics {
        if isTraining { batchCount.increment() }
        return Tensor.BatchStatistics(
            weight: weight, bias: bias, runningMean: runningMean, runningVariance: runningVariance,
            isTraining: isTraining, momentum: momentum, epsilon: epsilon)
    }
}
