import ApusCore
import ApusNN
import ApusTorch

/// The decoupled, anchor-free head of v8-style detectors: for each level a box branch, which gives a distribution over
/// distances for each side (Li et al., <https://arxiv.org/abs/2006.04388>), and a class branch.
///
/// - Input: maps `[N, channels[i], H_i, W_i]`
public final class V8Head: Module {
    /// One branch of one level: two 3×3 blocks and a plain 1×1 convolution.
    public final class Branch: Module {
        public let first, second: ConvolutionBlock
        public let last: Conv2D

        init(_ inputs: Int, _ hidden: Int, _ outputs: Int, using weights: inout WeightInitializer) {
            first = ConvolutionBlock(inputs, hidden, kernelSize: 3, using: &weights)
            second = ConvolutionBlock(hidden, hidden, kernelSize: 3, using: &weights)
            last = Conv2D(hidden, outputs, kernelSize: 1, using: &weights)
        }

        public override var children: [(name: String, module: Module)] { [("0", first), ("1", second), ("2", last)] }

        public func callAsFunction(_ x: Tensor) -> Tensor { last(second(first(x))) }
    }

    public let cv2, cv3: [Branch]
    public let dfl: DistanceProjection
    public let classCount: Int
    public let strides: [Int]

    public static let binCount = 16

    public init(channels: [Int], classCount: Int, strides: [Int], using weights: inout WeightInitializer) {
        let boxHidden = max(16, channels[0] / 4, 4 * V8Head.binCount)
        let classHidden = max(channels[0], min(classCount, 100))
        cv2 = channels.map { Branch($0, boxHidden, 4 * V8Head.binCount, using: &weights) }
        cv3 = channels.map { Branch($0, classHidden, classCount, using: &weights) }
        dfl = DistanceProjection(bins: V8Head.binCount)
        (self.classCount, self.strides) = (classCount, strides)
        super.init()
        setPriors()
    }

    public override var children: [(name: String, module: Module)] {
        [("cv2", ModuleList(cv2)), ("cv3", ModuleList(cv3)), ("dfl", dfl)]
    }

    public func callAsFunction(_ maps: [Tensor]) -> DetectionOutput {
        precondition(maps.count == strides.count, "\(maps.count) maps for \(strides.count) levels")
        return DetectionOutput(
            boxes: zip(cv2, maps).map { $0($1) }, scores: zip(cv3, maps).map { $0($1) }, strides: strides)
    }

    /// Biases that say at the start: short distances, and about five objects in a 640-pixel image.
    private func setPriors() {
        for (index, stride) in strides.enumerated() {
            let cells = Double(640 / stride) * Double(640 / stride)
            let prior = logarithm(5 / Double(classCount) / cells)
            cv2[index].last.bias?.assign(Tensor.full([4 * V8Head.binCount], 1))
            cv3[index].last.bias?.assign(Tensor.full([classCount], prior))
        }
    }
}

/// The frozen 1×1 convolution 0, 1, …, bins − 1 that turns a distribution over bins into a distance. It is a parameter
/// only so that checkpoints and parameter counts agree with PyTorch models.
public final class DistanceProjection: Module {
    public let weight: Tensor

    init(bins: Int) { weight = Tensor((0..<bins).map(Float.init), shape: [1, bins, 1, 1]) }

    public override var localParameters: [Named] { [("conv.weight", weight)] }
}
