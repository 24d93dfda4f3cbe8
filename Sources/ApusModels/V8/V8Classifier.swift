import ApusNN
import ApusTorch

/// A v8-style image classifier: the detectors' backbone without its pooling pyramid, one convolution, the mean of its
/// map, a linear layer.
///
/// - Input: `[N, 3, H, W]`, RGB in 0…1
/// - Output: logits `[N, classes]`
public final class V8Classifier: Module, ImageClassifier {
    public let scale: V8Scale
    public let classCount: Int
    /// Layers 0 to 8.
    public var backbone: [Module] { trunk }
    /// Layer 9.
    public let head: V8ClassifierHead
    private let trunk: [any TrunkLayer]

    public init(scale: V8Scale = .n, classCount: Int, seed: UInt64 = 0) {
        precondition(classCount > 0, "a classifier has one class at least")
        var weights = WeightInitializer(seed: seed)
        let scale = scale.ofClassifier
        (self.scale, self.classCount) = (scale, classCount)
        trunk = V8Trunk.backbone(scale, using: &weights)
        head = V8ClassifierHead(scale.channels(1024), classCount: classCount, using: &weights)
    }

    public override var children: [(name: String, module: Module)] { [("model", ModuleList(trunk + [head]))] }

    public func callAsFunction(_ x: Tensor) -> Tensor { head(trunk.reduce(x) { $1($0) }) }
}

/// - Input: `[N, inputs, H, W]`
/// - Output: logits `[N, classes]`
public final class V8ClassifierHead: Module {
    public let conv: ConvolutionBlock
    public let linear: Linear
    /// Channels of the last map.
    public static let width = 1280

    init(_ inputs: Int, classCount: Int, using weights: inout WeightInitializer) {
        conv = ConvolutionBlock(inputs, Self.width, using: &weights)
        linear = Linear(Self.width, classCount, using: &weights)
    }

    public override var children: [(name: String, module: Module)] { [("conv", conv), ("linear", linear)] }

    public func callAsFunction(_ x: Tensor) -> Tensor { linear(conv(x).meanPool()) }
}
