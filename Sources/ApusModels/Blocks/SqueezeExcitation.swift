import ApusNN
import ApusTorch

/// Scales each channel by a gate computed from the means of all channels.
///
/// Hu et al., *Squeeze-and-Excitation Networks*, <https://arxiv.org/abs/1709.01507>.
///
/// - Input and output: `[N, channels, H, W]`
public final class SqueezeExcitation: Module {
    public let fc1, fc2: Conv2D
    public let activation, gate: Activation

    init(
        _ channels: Int, squeezed: Int, activation: Activation, gate: Activation, using weights: inout WeightInitializer
    ) {
        fc1 = Conv2D(channels, squeezed, kernelSize: 1, using: &weights)
        fc2 = Conv2D(squeezed, channels, kernelSize: 1, using: &weights)
        (self.activation, self.gate) = (activation, gate)
    }

    public override var children: [(name: String, module: Module)] { [("fc1", fc1), ("fc2", fc2)] }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        x * gate(fc2(activation(fc1(x.mean(over: [2, 3], keepingDimensions: true)))))
    }
}
