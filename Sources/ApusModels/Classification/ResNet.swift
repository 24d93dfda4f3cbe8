import ApusNN
import ApusTorch

/// A residual network (He et al., <https://arxiv.org/abs/1512.03385>) with torchvision's parameter names and initial
/// weights.
///
/// - Input: `[N, 3, H, W]`
/// - Output: logits `[N, classes]`
public final class ResNet: Module, ImageClassifier, ImageBackbone {
    /// The blocks of the four stages.
    public struct Depth: Hashable, Sendable {
        public let kind: ResidualBlock.Kind
        public let blocks: [Int]

        public static let resnet18 = Depth(kind: .basic, blocks: [2, 2, 2, 2])
        public static let resnet34 = Depth(kind: .basic, blocks: [3, 4, 6, 3])
        public static let resnet50 = Depth(kind: .bottleneck, blocks: [3, 4, 6, 3])
        public static let resnet101 = Depth(kind: .bottleneck, blocks: [3, 4, 23, 3])
    }

    public let classCount: Int
    public let conv1: Conv2D
    public let bn1: BatchNorm2D
    public let stages: [[ResidualBlock]]
    public let fc: Linear

    public init(_ depth: Depth, classCount: Int, seed: UInt64 = 0) {
        precondition(classCount > 0, "a classifier has one class at least")
        var weights = WeightInitializer(seed: seed, convolution: .normalByOutputs)
        self.classCount = classCount
        conv1 = Conv2D(3, 64, kernelSize: 7, stride: 2, padding: 3, bias: false, using: &weights)
        bn1 = BatchNorm2D(64)
        stages = ResNet.makeStages(depth, using: &weights)
        fc = Linear(512 * depth.kind.expansion, classCount, using: &weights)
    }

    private static func makeStages(_ depth: Depth, using weights: inout WeightInitializer) -> [[ResidualBlock]] {
        var inputs = 64
        return depth.blocks.enumerated().map { stage, count in
            let width = 64 << stage
            return (0..<count).map { index in
                defer { inputs = width * depth.kind.expansion }
                let stride = stage > 0 && index == 0 ? 2 : 1
                return ResidualBlock(depth.kind, inputs: inputs, width: width, stride: stride, using: &weights)
            }
        }
    }

    public var featureModules: [(name: String, module: Module)] {
        let layers = stages.enumerated().map { ("layer\($0 + 1)", ModuleList($1) as Module) }
        return [("conv1", conv1), ("bn1", bn1)] + layers
    }

    public override var children: [(name: String, module: Module)] { featureModules + [("fc", fc)] }

    public var featureChannels: Int { fc.weight.size(1) }

    public func features(_ x: Tensor) -> Tensor {
        let stem = bn1(conv1(x)).relu().maxPool2D(kernelSize: 3, stride: 2, padding: 1)
        return stages.joined().reduce(stem) { $1($0) }
    }

    public func callAsFunction(_ x: Tensor) -> Tensor { fc(features(x).meanPool()) }
}
