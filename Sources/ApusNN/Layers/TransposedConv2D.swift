import ApusCore
import ApusTorch

/// Transposed convolution with square kernels and no padding: where the stride is the kernel's size, each pixel becomes
/// a square of pixels of its own.
///
/// - Input: `[N, inputs, H, W]`
/// - Output: `[N, outputs, (H − 1) · stride + kernelSize, (W − 1) · stride + kernelSize]`
public final class TransposedConv2D: Module {
    public let weight: Tensor
    public let bias: Tensor?
    public let inputs, outputs, kernelSize, stride: Int

    public init(
        _ inputs: Int, _ outputs: Int, kernelSize: Int, stride: Int, using initializer: inout WeightInitializer
    ) {
        weight = initializer.convolutionWeight([inputs, outputs, kernelSize, kernelSize]).channelsLast()
            .requiringGradient()
        // PyTorch bounds both by the second axis of the weight, which is the outputs'.
        bias = initializer.bias(outputs, inputs: outputs * kernelSize * kernelSize).requiringGradient()
        (self.inputs, self.outputs, self.kernelSize, self.stride) = (inputs, outputs, kernelSize, stride)
    }

    public override var localParameters: [Named] { [("weight", weight)] + (bias.map { [("bias", $0)] } ?? []) }

    public func callAsFunction(_ x: Tensor) -> Tensor { x.transposedConv2D(weight, bias: bias, stride: stride) }
}
