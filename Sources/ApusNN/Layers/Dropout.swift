import ApusCore
import ApusTorch

/// In training, sets numbers to zero at random and scales the others so that the mean stays; else the identity
/// (Srivastava et al., <https://jmlr.org/papers/v15/srivastava14a.html>).
///
/// The n-th mask is a function of the network's seed and n alone.
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
    private var drawn = 0

    public init(_ probability: Float, unit: Unit = .number, using initializer: inout WeightInitializer) {
        precondition((0..<1).contains(probability), "a dropout of \(probability)")
        (self.probability, self.unit) = (probability, unit)
        seed = initializer.nextSeed()
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        guard isTraining, probability > 0 else { return x }
        return x * mask(for: x)
    }

    private func mask(for x: Tensor) -> Tensor {
        defer { drawn += 1 }
        var stream = RandomStream(seed: seed, sample: drawn)
        let ones = [Int](repeating: 1, count: x.shape.rank - 1)
        let shape = unit == .number ? x.shape : Shape([x.size(0)] + ones)
        let kept = 1 / (1 - probability)
        return Tensor(
            (0..<shape.count).map { _ in stream.uniform() < probability ? 0 : kept }, shape: shape, device: x.device)
    }
}
