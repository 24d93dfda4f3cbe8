import ApusNN
import ApusTorch

/// The keypoints of one object that fills the image: a backbone, one map a keypoint, and for each axis a classifier over
/// bins of half a pixel (Li et al., *SimCC*, <https://arxiv.org/abs/2107.03332>).
///
/// Backbone parameters have torchvision's names below `backbone.`, so that its weights load without their classifier.
///
/// - Input: `[N, 3, height, width]`, normalized as the backbone was trained with
public final class SimCC: Module {
    /// Bins a pixel.
    public static let splits = 2

    public let keypointCount: Int
    /// Of the input, in pixels.
    public let width, height: Int
    public let backbone: FeatureExtractor
    /// From the backbone's features to one map a keypoint.
    public let maps: Conv2D
    /// From a keypoint's map to its bins along each axis.
    public let x, y: Linear

    /// - Parameter build: makes the backbone with initial weights of a seed.
    public init(
        keypointCount: Int, width: Int = 192, height: Int = 256, seed: UInt64 = 0,
        backbone build: (_ seed: UInt64) -> any ImageBackbone
    ) {
        let stride = FeatureExtractor.stride
        precondition(keypointCount > 0, "a pose network has one keypoint at least")
        precondition(width % stride == 0 && height % stride == 0, "\(width)×\(height) pixels, not multiples of 32")
        (self.keypointCount, self.width, self.height) = (keypointCount, width, height)
        let network = build(seed)
        backbone = FeatureExtractor(network)
        var weights = WeightInitializer(seed: seed &+ 1)
        let cells = width / stride * (height / stride)
        maps = Conv2D(network.featureChannels, keypointCount, kernelSize: 1, using: &weights)
        x = Linear(cells, width * Self.splits, bias: false, using: &weights)
        y = Linear(cells, height * Self.splits, bias: false, using: &weights)
    }

    public override var children: [(name: String, module: Module)] {
        [("backbone", backbone), ("head", KeypointHead(maps, x, y))]
    }

    public func callAsFunction(_ images: Tensor) -> CoordinateOutput {
        let map = maps(backbone(images))
        let flat = map.contiguous().reshaped([map.size(0), keypointCount, -1])
        return CoordinateOutput(x: x(flat), y: y(flat))
    }

    /// The logits by the running statistics, without gradients.
    public func predict(_ images: Tensor) -> CoordinateOutput {
        let wasTraining = isTraining
        if wasTraining { setTraining(false) }
        defer { if wasTraining { setTraining(true) } }
        return withoutGradients { self(images) }
    }
}

/// The layers after the backbone, by the names that published models of this kind have.
private final class KeypointHead: Module {
    private let layers: [(name: String, module: Module)]

    init(_ maps: Conv2D, _ x: Linear, _ y: Linear) {
        layers = [("final_layer", maps), ("mlp_head_x", x), ("mlp_head_y", y)]
    }

    override var children: [(name: String, module: Module)] { layers }
}

/// Logits of the bins along both axes.
public struct CoordinateOutput: Sendable {
    /// `[N, K, 2 · width]`
    public var x: Tensor
    /// `[N, K, 2 · height]`
    public var y: Tensor

    public init(x: Tensor, y: Tensor) { (self.x, self.y) = (x, y) }

    /// The likeliest place of each keypoint in pixels of the input, and as its score the smaller of the two axes'
    /// largest logits, which training brings to about 1 where the network is sure: N · K rows of x, y, score.
    public func decoded() -> [SIMD3<Float>] {
        zip(Self.peaks(x), Self.peaks(y)).map { x, y in
            let splits = Float(SimCC.splits)
            return SIMD3(Float(x.bin) / splits, Float(y.bin) / splits, min(x.value, y.value))
        }
    }

    private static func peaks(_ logits: Tensor) -> [(bin: Int, value: Float)] {
        let (bins, values): (Int, [Float]) = (logits.size(2), logits.detached().elements())
        return stride(from: 0, to: values.count, by: bins).map { start in
            let best = (start..<start + bins).max { values[$0] < values[$1] } ?? start
            return (best - start, values[best])
        }
    }
}
