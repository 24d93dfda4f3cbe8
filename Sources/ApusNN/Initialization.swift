import ApusCore
import ApusTorch

/// Where initial weights come from: the n-th tensor drawn is a function of the seed and n alone.
public struct WeightInitializer {
    /// How the weights of convolutions, of linear layers, and the biases of both are drawn.
    public let convolution, linear, bias: WeightDistribution
    private let seed: UInt64
    private var drawn = 0

    /// The distributions are PyTorch's defaults where an architecture does not say others.
    public init(
        seed: UInt64, convolution: WeightDistribution = .uniformByInputs, linear: WeightDistribution = .uniformByInputs,
        bias: WeightDistribution = .uniformByInputs
    ) {
        self.seed = seed
        (self.convolution, self.linear, self.bias) = (convolution, linear, bias)
    }

    /// The weight `[outputs, inputs / groups, k, k]` of a convolution.
    mutating func convolutionWeight(_ shape: Shape) -> Tensor {
        let cells = shape[2] * shape[3]
        return draw(convolution, shape, inputs: shape[1] * cells, outputs: shape[0] * cells)
    }

    /// The weight `[outputs, inputs]` of a linear layer.
    mutating func linearWeight(_ shape: Shape) -> Tensor {
        draw(linear, shape, inputs: shape[1], outputs: shape[0])
    }

    /// The bias of a layer with this weight.
    mutating func bias(besides weight: Tensor) -> Tensor {
        let extents = weight.shape.dimensions
        return bias(extents[0], inputs: extents[1...].reduce(1, *))
    }

    /// The bias of a layer with this many outputs, each a sum of so many numbers.
    mutating func bias(_ outputs: Int, inputs: Int) -> Tensor {
        draw(bias, [outputs], inputs: inputs, outputs: outputs)
    }

    /// A seed for what is drawn while a network is trained.
    mutating func nextSeed() -> UInt64 {
        var stream = nextStream()
        return stream.next()
    }

    private mutating func draw(_ distribution: WeightDistribution, _ shape: Shape, inputs: Int, outputs: Int) -> Tensor
    {
        var stream = nextStream()
        let values = distribution.values(count: shape.count, inputs: inputs, outputs: outputs, from: &stream)
        return Tensor(values, shape: shape)
    }

    private mutating func nextStream() -> RandomStream {
        defer { drawn += 1 }
        return RandomStream(seed: seed, sample: drawn, purpose: weightPurpose)
    }
}

/// Keeps these draws apart from every other stream of the same seed.
private let weightPurpose = 0x5745_4947
