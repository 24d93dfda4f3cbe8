import ApusNN
import ApusTorch

/// MobileNetV3 (Howard et al., <https://arxiv.org/abs/1905.02244>) at width 1, with torchvision's parameter names and
/// initial weights.
///
/// - Input: `[N, 3, H, W]`
/// - Output: logits `[N, classes]`
public final class MobileNetV3: Module, ImageClassifier, ImageBackbone {
    /// One of the two networks that the paper describes.
    public struct Size: Sendable {
        let blocks: [Block]
        let hidden: Int

        /// Tables 1 and 2 of the paper: a block's kernel, expanded and output channels, whether it has
        /// squeeze-and-excitation, its activation and its stride.
        struct Block {
            let kernelSize, expanded, outputs: Int
            let hasSqueeze: Bool
            let activation: Activation
            let stride: Int

            init(
                _ kernel: Int, _ expanded: Int, _ outputs: Int, _ squeeze: Bool, _ activation: Activation, _ stride: Int
            ) {
                (kernelSize, self.expanded, self.outputs) = (kernel, expanded, outputs)
                (hasSqueeze, self.activation, self.stride) = (squeeze, activation, stride)
            }
        }

        public static let large = Size(
            blocks: [
                Block(3, 16, 16, false, .relu, 1), Block(3, 64, 24, false, .relu, 2), Block(3, 72, 24, false, .relu, 1),
                Block(5, 72, 40, true, .relu, 2), Block(5, 120, 40, true, .relu, 1), Block(5, 120, 40, true, .relu, 1),
                Block(3, 240, 80, false, .hardSwish, 2), Block(3, 200, 80, false, .hardSwish, 1),
                Block(3, 184, 80, false, .hardSwish, 1), Block(3, 184, 80, false, .hardSwish, 1),
                Block(3, 480, 112, true, .hardSwish, 1), Block(3, 672, 112, true, .hardSwish, 1),
                Block(5, 672, 160, true, .hardSwish, 2), Block(5, 960, 160, true, .hardSwish, 1),
                Block(5, 960, 160, true, .hardSwish, 1),
            ], hidden: 1280)

        public static let small = Size(
            blocks: [
                Block(3, 16, 16, true, .relu, 2), Block(3, 72, 24, false, .relu, 2), Block(3, 88, 24, false, .relu, 1),
                Block(5, 96, 40, true, .hardSwish, 2), Block(5, 240, 40, true, .hardSwish, 1),
                Block(5, 240, 40, true, .hardSwish, 1), Block(5, 120, 48, true, .hardSwish, 1),
                Block(5, 144, 48, true, .hardSwish, 1), Block(5, 288, 96, true, .hardSwish, 2),
                Block(5, 576, 96, true, .hardSwish, 1), Block(5, 576, 96, true, .hardSwish, 1),
            ], hidden: 1024)
    }

    public let classCount: Int
    public let stem, last: NormalizedConvolution
    public let blocks: [InvertedResidual]
    public let hidden, classifier: Linear
    private let dropout: Dropout

    private static let rates = NormalizationRates(epsilon: 1e-3, momentum: 0.01)

    public init(_ size: Size, classCount: Int, seed: UInt64 = 0) {
        precondition(classCount > 0, "a classifier has one class at least")
        var weights = WeightInitializer(
            seed: seed, convolution: .normalByOutputs, linear: .normal(deviation: 0.01), bias: .zero)
        self.classCount = classCount
        stem = NormalizedConvolution(
            3, 16, kernelSize: 3, stride: 2, activation: .hardSwish, normalizedBy: Self.rates, using: &weights)
        blocks = Self.makeBlocks(size.blocks, inputs: 16, using: &weights)
        let outputs = size.blocks.last?.outputs ?? 16
        last = NormalizedConvolution(
            outputs, 6 * outputs, activation: .hardSwish, normalizedBy: Self.rates, using: &weights)
        hidden = Linear(6 * outputs, size.hidden, using: &weights)
        dropout = Dropout(0.2, using: &weights)
        classifier = Linear(size.hidden, classCount, using: &weights)
    }

    private static func makeBlocks(
        _ blocks: [Size.Block], inputs: Int, using weights: inout WeightInitializer
    ) -> [InvertedResidual] {
        var inputs = inputs
        return blocks.map { block in
            defer { inputs = block.outputs }
            return InvertedResidual(
                InvertedResidual.Configuration(
                    inputs: inputs, expanded: block.expanded, outputs: block.outputs, kernelSize: block.kernelSize,
                    stride: block.stride, activation: block.activation,
                    squeezed: block.hasSqueeze ? roundedChannels(block.expanded / 4) : nil, rates: rates),
                using: &weights)
        }
    }

    public var featureModules: [(name: String, module: Module)] {
        [("features", ModuleList([stem] + blocks + [last]))]
    }

    public override var children: [(name: String, module: Module)] {
        // Between the two linear layers torchvision counts the activation, too.
        featureModules + [("classifier", ModuleList([hidden, Pass(), dropout, classifier]))]
    }

    public var featureChannels: Int { last.convolution.outputs }

    public func features(_ x: Tensor) -> Tensor { last(blocks.reduce(stem(x)) { $1($0) }) }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        classifier(dropout(hidden(features(x).meanPool()).hardSwish()))
    }
}
