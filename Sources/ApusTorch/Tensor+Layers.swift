import CApusTorch

extension Tensor {
    /// - Input: `[N, C, H, W]`, weight `[O, C / groups, k, k]`; output `[N, O, H', W']`
    public func conv2D(_ weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Int = 0, groups: Int = 1)
        -> Tensor
    {
        Tensor(
            apus_tensor_conv2d(handle, weight.handle, bias?.handle, Int64(stride), Int64(padding), Int64(groups)))
    }

    /// - Input: `[N, I, H, W]`, weight `[I, O, k, k]`; output `[N, O, (H − 1) · stride + k, …]`
    public func transposedConv2D(_ weight: Tensor, bias: Tensor? = nil, stride: Int) -> Tensor {
        Tensor(apus_tensor_conv_transpose2d(handle, weight.handle, bias?.handle, Int64(stride)))
    }

    /// - Input: `[…, I]`, weight `[O, I]`; output `[…, O]`
    public func linear(_ weight: Tensor, bias: Tensor? = nil) -> Tensor {
        Tensor(apus_tensor_linear(handle, weight.handle, bias?.handle))
    }

    public func maxPool2D(kernelSize: Int, stride: Int, padding: Int = 0) -> Tensor {
        Tensor(apus_tensor_max_pool2d(handle, Int64(kernelSize), Int64(stride), Int64(padding)))
    }

    /// Nearest-neighbour upsampling of `[N, C, H, W]` by a whole factor.
    public func upsampledNearest(factor: Int) -> Tensor {
        Tensor(apus_tensor_upsample_nearest2d(handle, Int64(factor)))
    }

    /// Means over height and width: `[N, C, H, W]` to `[N, C]`.
    public func meanPool() -> Tensor { mean(over: [2, 3]) }

    /// What batch normalization knows of its channels, and how it learns it.
    public struct BatchStatistics {
        public var weight, bias, runningMean, runningVariance: Tensor
        public var isTraining: Bool
        public var momentum, epsilon: Double

        public init(
            weight: Tensor, bias: Tensor, runningMean: Tensor, runningVariance: Tensor, isTraining: Bool,
            momentum: Double, epsilon: Double
        ) {
            (self.weight, self.bias, self.runningMean, self.runningVariance) = (
                weight, bias, runningMean, runningVariance
            )
            (self.isTraining, self.momentum, self.epsilon) = (isTraining, momentum, epsilon)
        }
    }

    /// Normalizes each channel, in training by the batch's own statistics while it updates the running ones.
    public func batchNorm(_ s: BatchStatistics) -> Tensor { batchNorm(s, withSilu: false) }
    /// `batchNorm` and `silu` in one, which keeps only its input for `backward`.
    public func batchNormSilu(_ s: BatchStatistics) -> Tensor { batchNorm(s, withSilu: true) }

    private func batchNorm(_ s: BatchStatistics, withSilu: Bool) -> Tensor {
        withExtendedLifetime(s) {
            Tensor(
                apus_tensor_batch_norm(
                    handle, s.weight.handle, s.bias.handle, s.runningMean.handle, s.runningVariance.handle,
                    s.isTraining,
                    s.momentum, s.epsilon, withSilu))
        }
    }

    /// Mean cross entropy of logits `[N, classes]` and `int64` labels `[N]`.
    public func crossEntropy(_ labels: Tensor, labelSmoothing: Double = 0) -> Tensor {
        Tensor(apus_tensor_cross_entropy(handle, labels.handle, labelSmoothing))
    }
}
