import ApusCore
import ApusTorch
import Testing

/// The largest difference, relative to the largest expected magnitude.
func deviation(_ found: Tensor, from expected: Tensor) -> Double {
    let (a, b): ([Double], [Double]) = (found.to(.float64).elements(), expected.to(.float64).elements())
    precondition(a.count == b.count, "\(a.count) numbers, expected \(b.count)")
    let scale = b.reduce(0) { max($0, abs($1)) }
    let largest = zip(a, b).reduce(0) { $1.0.isNaN ? .infinity : max($0, abs($1.0 - $1.1)) }
    return scale > 0 ? largest / scale : largest
}

func randomTensor(_ shape: Shape, seed: UInt64, in range: ClosedRange<Float> = -1...1) -> Tensor {
    var stream = RandomStream(seed: seed)
    return Tensor((0..<shape.count).map { _ in stream.uniform(in: range) }, shape: shape)
}

/// The fused normalization beside LibTorch's own operations in double precision.
@Suite struct NormalizationTests {
    struct Run {
        var output, mean, variance: Tensor
        var gradients: [Tensor]
    }

    func run(
        _ type: DataType, channels: Int, isTraining: Bool = true, offset: Double = 0, extents: [Int] = [3, 19, 23]
    ) throws -> Run {
        let shape: Shape = [extents[0], channels, extents[1], extents[2]]
        func leaf(_ tensor: Tensor) -> Tensor { tensor.to(type).detached().requiringGradient() }
        let x = leaf((randomTensor(shape, seed: 1) * 3 + offset).channelsLast())
        let (weight, bias) = (leaf(randomTensor([channels], seed: 2)), leaf(randomTensor([channels], seed: 3)))
        let (mean, variance) = (Tensor.zeros([channels], dataType: type), Tensor.ones([channels], dataType: type))
        let output = x.batchNormSilu(
            .init(
                weight: weight, bias: bias, runningMean: mean, runningVariance: variance, isTraining: isTraining,
                momentum: 0.03, epsilon: 1e-3))
        try (output * randomTensor(shape, seed: 4).to(type)).sum().backward()
        return Run(output: output, mean: mean, variance: variance, gradients: [x, weight, bias].map { $0.gradient! })
    }

    @Test(arguments: [16, 48, 80, 128, 24])
    func `agrees with separate operations in double precision`(channels: Int) throws {
        let (found, expected) = try (run(.float32, channels: channels), run(.float64, channels: channels))
        #expect(deviation(found.output, from: expected.output) < 1e-6)
        #expect(deviation(found.mean, from: expected.mean) < 5e-6)
        #expect(deviation(found.variance, from: expected.variance) < 1e-6)
        for (a, b) in zip(found.gradients, expected.gradients) { #expect(deviation(a, from: b) < 2e-6) }
    }

    /// Strides of axes of one element may be anything.
    @Test(arguments: [[64, 1, 1], [2, 1, 7], [5, 7, 1], [1, 1, 9], [1, 9, 1]])
    func `agrees on maps of a row, a column or a pixel`(extents: [Int]) throws {
        let found = try run(.float32, channels: 32, extents: extents)
        let expected = try run(.float64, channels: 32, extents: extents)
        #expect(deviation(found.output, from: expected.output) < 1e-5)
        for (a, b) in zip(found.gradients, expected.gradients) { #expect(deviation(a, from: b) < 1e-4) }
    }

    @Test func `keeps its precision far from zero`() throws {
        let (found, expected) = try (run(.float32, channels: 32, offset: 100), run(.float64, channels: 32, offset: 100))
        #expect(deviation(found.output, from: expected.output) < 1e-4)
        #expect(deviation(found.variance, from: expected.variance) < 1e-5)
    }

    @Test func `gives the same at inference with gradients and without`() throws {
        let x = randomTensor([2, 32, 7, 5], seed: 5).channelsLast()
        let statistics = Tensor.BatchStatistics(
            weight: randomTensor([32], seed: 6), bias: randomTensor([32], seed: 7),
            runningMean: randomTensor([32], seed: 8),
            runningVariance: randomTensor([32], seed: 9, in: 0.5...2), isTraining: false, momentum: 0.1, epsilon: 1e-5)
        let fused = withoutGradients { x.batchNormSilu(statistics) }
        #expect(deviation(fused, from: x.batchNorm(statistics).silu()) < 1e-6)
    }

    @Test func `does not hide what is not a number`() throws {
        let x = Tensor([Float](repeating: .nan, count: 16 * 4), shape: [1, 16, 2, 2]).channelsLast()
        let ones = Tensor.ones([16])
        let output = x.batchNormSilu(
            .init(
                weight: ones, bias: ones, runningMean: ones.clone(), runningVariance: ones.clone(), isTraining: true,
                momentum: 0.1, epsilon: 1e-5))
        let values: [Float] = output.elements()
        #expect(!values.contains { !$0.isNaN })
    }
}
