import ApusNN
import ApusTorch

/// MobileNetV2 (Sandler et al., <https://arxiv.org/abs/1801.04381>) at width 1, with torchvision's parameter names and
/// initial weights.
///
/// - Input: `[N, 3, H, W]`
/// - Output: logits `[N, classes]`
public final class MobileNetV2: Module, ImageClassifier, ImageBackbone {
    /// Expand, convolve each channel, project without activation; added to the input where shapes are equal.
    public final class Block: Module {
        /// The expansion, where there is one, and the depthwise convolution.
        public let layers: [NormalizedConvolution]
        public let projection: Conv2D
        public let normalization: BatchNorm2D
        public let hasShortcut: Bool

        init(inputs: Int, outputs: Int, stride: Int, expansion: Int, using weights: inout WeightInitializer) {
            let hidden = inputs * expansion
            var layers: [NormalizedConvolution] = []
            if expansion != 1 {
                layers.append(NormalizedConvolution(inputs, hidden, activation: .relu6, using: &weights))
            }
            layers.append(
                NormalizedConvolution(
                    hidden, hidden, kernelSize: 3, stride: stride, groups: hidden, activation: .relu6, using: &weights))
            self.layers = layers
            projection = Conv2D(hidden, outputs, kernelSize: 1, bias: false, using: &weights)
            normalization = BatchNorm2D(outputs)
            hasShortcut = stride == 1 && inputs == outputs
        }

        public override var children: [(name: String, module: Module)] {
            [("conv", ModuleList(layers + [projection, normalization]))]
        }

        public func callAsFunction(_ x: Tensor) -> Tensor {
            let y = normalization(projection(layers.reduce(x) { $1($0) }))
            return hasShortcut ? x + y : y
        }
    }

    public let classCount: Int
    public let stem, last: NormalizedConvolution
    public let blocks: [Block]
    public let classifier: Linear
    private let dropout: Dropout

    /// Expansion, channels, blocks and the first block's stride, stage by stage.
    private static let stages = [
        (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
    ]

    public init(classCount: Int, seed: UInt64 = 0) {
        precondition(classCount > 0, "a classifier has one class at least")
        var weights = WeightInitializer(
            seed: seed, convolution: .normalByOutputs, linear: .normal(deviation: 0.01), bias: .zero)
        self.classCount = classCount
        stem = NormalizedConvolution(3, 32, kernelSize: 3, stride: 2, activation: .relu6, using: &weights)
        blocks = MobileNetV2.makeBlocks(inputs: 32, using: &weights)
        last = NormalizedConvolution(320, 1280, activation: .relu6, using: &weights)
        dropout = Dropout(0.2, using: &weights)
        classifier = Linear(1280, classCount, using: &weights)
    }

    private static func makeBlocks(inputs: Int, using weights: inout WeightInitializer) -> [Block] {
        var inputs = inputs
        return stages.flatMap { expansion, outputs, count, stride in
            (0..<count).map { index in
                defer { inputs = outputs }
                return Block(
                    inputs: inputs, outputs: outputs, stride: index == 0 ? stride : 1, expansion: expansion,
                    using: &weights)
            }
        }
    }

    public var featureModules: [(name: String, module: Module)] {
        [("features", ModuleList([stem] + blocks + [last]))]
    }

    public override var children: [(name: String, module: Module)] {
        featureModules + [("classifier", ModuleList([dropout, classifier]))]
    }

    public var featureChannels: Int { last.convolution.outputs }

    public func features(_ x: Tensor) -> Tensor { last(blocks.reduce(stem(x)) { $1($0) }) }

    public func callAsFunction(_ x: Tensor) -> Tensor { classifier(dropout(features(x).meanPool())) }
}
