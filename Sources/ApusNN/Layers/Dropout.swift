import ApusCore
import ApusTorch

/// In training, sets numbers to zero at random and scales the others so that the mean stays; else the identity
/// (Srivastava et al., <https://jmlr.org/papers/v15/srivastava14a.html>).
///
/// A sample's mask is a function of the network's seed, the step and the sample's place in the batch: not of how often
/// training was interrupted, nor of which process computes the sample.
///
/// - Input and output: any shape with a first axis of samples
public final class Dropout: Module {
    /// What is dropped as one.
    public enum Unit: Sendable {
        case number
        /// All numbers of a sample: stochastic depth, on a residual branch (Huang et al.,
        /// <https://arxiv.org/abs/1603.09382>).
        case sample
    }

    public let probability: Float
    private let unit: Unit
    private let seed: UInt64
    private var step = 0
    private var firstSample = 0

    public init(_ probability: Float, unit: Unit = .number, using initializer: inout WeightInitializer) {
        precondition((0..<1).contains(probability), "a dropout of \(probability)")
        (self.probability, self.unit) = (probability, unit)
        seed = initializer.nextSeed()
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        guard isTraining, probability > 0 else { return x }
        return x * mask(for: x)
    }

    /// Makes the next mask that of a step, for samples from this place of the whole batch on. Without it every mask is
    /// of the step after the last one's.
    public func begin(step: Int, firstSample: Int = 0) { (self.step, self.firstSample) = (step, firstSample) }

    private func mask(for x: Tensor) -> Tensor {
        defer { step += 1 }
        let samples = x.size(0)
        let ones = [Int](repeating: 1, count: x.shape.rank - 1)
        let shape = unit == .number ? x.shape : Shape([samples] + ones)
        let (length, kept) = (samples > 0 ? shape.count / samples : 0, 1 / (1 - probability))
        var factors: [Float] = []
        factors.reserveCapacity(shape.count)
        for sample in 0..<samples {
            var stream = RandomStream(seed: seed, epoch: step, sample: firstSample + sample)
            for _ in 0..<length { factors.append(stream.uniform() < probability ? 0 : kept) }
        }
        return Tensor(factors, shape: shape, device: x.device)
    }
}
