import ApusNN
import ApusTorch

/// Convolution without bias, batch normalization, SiLU; padded so that stride 1 keeps the size.
///
/// - Input: `[N, inputs, H, W]`
/// - Output: `[N, outputs, ⌈H / stride⌉, ⌈W / stride⌉]`
public final class ConvolutionBlock: Module {
    public let conv: Conv2D
    public let bn: BatchNorm2D

    public init(
        _ inputs: Int, _ outputs: Int, kernelSize: Int = 1, stride: Int = 1, using weights: inout WeightInitializer
    ) {
        conv = Conv2D(
            inputs, outputs, kernelSize: kernelSize, stride: stride, padding: kernelSize / 2, bias: false,
            using: &weights)
        bn = BatchNorm2D(outputs, epsilon: 1e-3, momentum: 0.03)
    }

    public override var children: [(name: String, module: Module)] { [("conv", conv), ("bn", bn)] }

    public func callAsFunction(_ x: Tensor) -> Tensor { bn.withSilu(conv(x)) }
}
