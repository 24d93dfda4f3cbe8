import ApusNN
import ApusTorch

/// Convolution without bias, batch normalization and an activation; padded so that stride 1 keeps the size.
///
/// - Input: `[N, inputs, H, W]`
/// - Output: `[N, outputs, ⌈H / stride⌉, ⌈W / stride⌉]`
public final class NormalizedConvolution: Module {
    public let convolution: Conv2D
    public let normalization: BatchNorm2D
    public let activation: Activation

    init(
        _ inputs: Int, _ outputs: Int, kernelSize: Int = 1, stride: Int = 1, groups: Int = 1, activation: Activation,
        normalizedBy rates: NormalizationRates = .init(), using weights: inout WeightInitializer
    ) {
        convolution = Conv2D(
            inputs, outputs, kernelSize: kernelSize, stride: stride, padding: kernelSize / 2, groups: groups,
            bias: false, using: &weights)
        normalization = BatchNorm2D(outputs, epsilon: rates.epsilon, momentum: rates.momentum)
        self.activation = activation
    }

    public override var children: [(name: String, module: Module)] {
        [("0", convolution), ("1", normalization)]
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        if activation == .silu { return normalization.withSilu(convolution(x)) }
        return activation(normalization(convolution(x)))
    }
}

/// What a network's batch normalizations have in common.
struct NormalizationRates {
    var epsilon = 1e-5
    var momentum = 0.1
}
