import ApusNN
import ApusTorch

/// EfficientNet-B0 (Tan and Le, <https://arxiv.org/abs/1905.11946>) with torchvision's parameter names and initial
/// weights.
///
/// - Input: `[N, 3, H, W]`
/// - Output: logits `[N, classes]`
public final class EfficientNet: Module, ImageClassifier, ImageBackbone {
    public let classCount: Int
    public let stem, last: NormalizedConvolution
    public let stages: [[InvertedResidual]]
    public let classifier: Linear
    private let dropout: Dropout

    /// Table 1 of the paper: expansion, kernel, the first block's stride, channels and blocks.
    private static let table = [
        (1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2), (6, 3, 2, 80, 3), (6, 5, 1, 112, 3), (6, 5, 2, 192, 4),
        (6, 3, 1, 320, 1),
    ]
    /// How often the last block's branch is dropped in training; earlier ones less often.
    private static let droppedAtLast: Float = 0.2

    public init(classCount: Int, seed: UInt64 = 0) {
        precondition(classCount > 0, "a classifier has one class at least")
        var weights = WeightInitializer(
            seed: seed, convolution: .normalByOutputs, linear: .uniformByOutputs, bias: .zero)
        self.classCount = classCount
        stem = NormalizedConvolution(3, 32, kernelSize: 3, stride: 2, activation: .silu, using: &weights)
        stages = EfficientNet.makeStages(inputs: 32, using: &weights)
        last = NormalizedConvolution(320, 1280, activation: .silu, using: &weights)
        dropout = Dropout(0.2, using: &weights)
        classifier = Linear(1280, classCount, using: &weights)
    }

    private static func makeStages(inputs: Int, using weights: inout WeightInitializer) -> [[InvertedResidual]] {
        let total = table.reduce(0) { $0 + $1.4 }
        var (inputs, made) = (inputs, 0)
        return table.map { expansion, kernelSize, stride, outputs, count in
            (0..<count).map { index in
                defer { (inputs, made) = (outputs, made + 1) }
                return InvertedResidual(
                    InvertedResidual.Configuration(
                        inputs: inputs, expanded: inputs * expansion, outputs: outputs, kernelSize: kernelSize,
                        stride: index == 0 ? stride : 1, activation: .silu, squeezed: max(1, inputs / 4),
                        squeezeActivation: .silu, gate: .sigmoid,
                        dropped: droppedAtLast * Float(made) / Float(total)),
                    using: &weights)
            }
        }
    }

    public var featureModules: [(name: String, module: Module)] {
        [("features", ModuleList([stem] + stages.map { ModuleList($0) } + [last]))]
    }

    public override var children: [(name: String, module: Module)] {
        featureModules + [("classifier", ModuleList([dropout, classifier]))]
    }

    public var featureChannels: Int { last.convolution.outputs }

    public func features(_ x: Tensor) -> Tensor { last(stages.joined().reduce(stem(x)) { $1($0) }) }

    public func callAsFunction(_ x: Tensor) -> Tensor { classifier(dropout(features(x).meanPool())) }
}
