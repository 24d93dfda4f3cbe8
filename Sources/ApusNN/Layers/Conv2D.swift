import ApusCore
import ApusTorch

/// Two-dimensional convolution with square kernels, stored channels_last.
///
/// - Input: `[N, inputs, H, W]`
/// - Output: `[N, outputs, H', W']`
public final class Conv2D: Module {
    public let weight: Tensor
    public let bias: Tensor?
    public let inputs, outputs, kernelSize, stride, padding, groups: Int

    public init(
        _ inputs: Int, _ outputs: Int, kernelSize: Int, stride: Int = 1, padding: Int = 0, groups: Int = 1,
        bias hasBias: Bool = true, using initializer: inout WeightInitializer
    ) {
        precondition(
            inputs % groups == 0 && outputs % groups == 0, "\(groups) groups of \(inputs) to \(outputs) channels")
        weight = initializer.convolutionWeight([outputs, inputs / groups, kernelSize, kernelSize]).channelsLast()
            .requiringGradient()
        bias = hasBias ? initializer.bias(besides: weight).requiringGradient() : nil
        (self.inputs, self.outputs, self.kernelSize) = (inputs, outputs, kernelSize)
        (self.stride, self.padding, self.groups) = (stride, padding, groups)
    }

    public override var localParameters: [Named] { [("weight", weight)] + (bias.map { [("bias", $0)] } ?? []) }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        x.conv2D(weight, bias: bias, stride: stride, padding: padding, groups: groups)
    }
}
