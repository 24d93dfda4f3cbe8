import ApusNN
import ApusTorch

/// Convolutions with normalization, added to their input or to a projection of it, then ReLU.
///
/// He et al., *Deep Residual Learning*, <https://arxiv.org/abs/1512.03385>.
///
/// - Input: `[N, inputs, H, W]`
/// - Output: `[N, outputs, ⌈H / stride⌉, ⌈W / stride⌉]`
public final class ResidualBlock: Module {
    /// What a block is made of.
    public enum Kind: Sendable {
        /// Two 3×3 convolutions.
        case basic
        /// 1×1, 3×3 and 1×1, a quarter of the outputs within. The stride is the 3×3's, as in torchvision.
        case bottleneck

        /// Output channels for each channel within.
        public var expansion: Int { self == .basic ? 1 : 4 }
    }

    public let convolutions: [Conv2D]
    public let normalizations: [BatchNorm2D]
    /// Brings the input to the output's shape, where they differ.
    public let downsample: NormalizedConvolution?

    init(_ kind: Kind, inputs: Int, width: Int, stride: Int, using weights: inout WeightInitializer) {
        let outputs = width * kind.expansion
        switch kind {
        case .basic:
            convolutions = [
                plain(inputs, width, 3, stride, &weights), plain(width, width, 3, 1, &weights),
            ]
        case .bottleneck:
            convolutions = [
                plain(inputs, width, 1, 1, &weights), plain(width, width, 3, stride, &weights),
                plain(width, outputs, 1, 1, &weights),
            ]
        }
        normalizations = convolutions.map { BatchNorm2D($0.outputs) }
        downsample =
            stride == 1 && inputs == outputs
            ? nil : NormalizedConvolution(inputs, outputs, stride: stride, activation: .none, using: &weights)
    }

    public override var children: [(name: String, module: Module)] {
        let layers = zip(convolutions, normalizations).enumerated().flatMap { index, pair in
            [("conv\(index + 1)", pair.0 as Module), ("bn\(index + 1)", pair.1)]
        }
        return layers + (downsample.map { [("downsample", $0)] } ?? [])
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        var y = x
        for (index, convolution) in convolutions.enumerated() {
            if index > 0 { y = y.relu() }
            y = normalizations[index](convolution(y))
        }
        return (y + (downsample?(x) ?? x)).relu()
    }
}

/// A convolution without bias whose padding keeps the size at stride 1.
private func plain(
    _ inputs: Int, _ outputs: Int, _ kernelSize: Int, _ stride: Int, _ weights: inout WeightInitializer
) -> Conv2D {
    Conv2D(
        inputs, outputs, kernelSize: kernelSize, stride: stride, padding: kernelSize / 2, bias: false, using: &weights)
}
