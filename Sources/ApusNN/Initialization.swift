import ApusCore
import ApusTorch

/// Where initial weights come from: the n-th tensor drawn is a function of the seed and n alone.
public struct WeightInitializer {
    private let seed: UInt64
    private var drawn = 0

    public init(seed: UInt64) { self.seed = seed }

    /// PyTorch's default for convolutions, linear layers and their biases: uniform in ±1/√fanIn.
    public mutating func uniform(_ shape: Shape, fanIn: Int) -> Tensor {
        var stream = RandomStream(seed: seed, sample: drawn, purpose: weightPurpose)
        drawn += 1
        let bound = 1 / Float(max(fanIn, 1)).squareRoot()
        let values = (0..<shape.count).map { _ in stream.uniform(in: -bound...bound) }
        return Tensor(values, shape: shape)
    }
}

/// Keeps these draws apart from every other stream of the same seed.
private let weightPurpose = 0x5745_4947
