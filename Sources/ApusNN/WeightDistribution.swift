import ApusCore

/// How the initial values of one kind of tensor are drawn.
public enum WeightDistribution: Hashable, Sendable {
    /// Uniform in ±1/√inputs: PyTorch's default.
    case uniformByInputs
    /// Uniform in ±1/√outputs.
    case uniformByOutputs
    /// Normal with a deviation of √(2/outputs), where an output channel counts once for each cell of the kernel
    /// (He et al., <https://arxiv.org/abs/1502.01852>, by the fan-out).
    case normalByOutputs
    case normal(deviation: Float)
    case zero

    /// - Parameters:
    ///   - inputs: how many numbers one output is a sum of.
    ///   - outputs: how many outputs one number goes into, groups not considered.
    func values(count: Int, inputs: Int, outputs: Int, from stream: inout RandomStream) -> [Float] {
        switch self {
        case .uniformByInputs: uniform(count, bound: 1 / Float(max(inputs, 1)).squareRoot(), from: &stream)
        case .uniformByOutputs: uniform(count, bound: 1 / Float(max(outputs, 1)).squareRoot(), from: &stream)
        case .normalByOutputs: normal(count, deviation: (2 / Float(max(outputs, 1))).squareRoot(), from: &stream)
        case .normal(let deviation): normal(count, deviation: deviation, from: &stream)
        case .zero: [Float](repeating: 0, count: count)
        }
    }

    private func uniform(_ count: Int, bound: Float, from stream: inout RandomStream) -> [Float] {
        (0..<count).map { _ in stream.uniform(in: -bound...bound) }
    }

    /// Two normal numbers from two uniform ones (Box and Muller, 1958).
    private func normal(_ count: Int, deviation: Float, from stream: inout RandomStream) -> [Float] {
        var values: [Float] = []
        values.reserveCapacity(count + 1)
        while values.count < count {
            let radius = deviation * (-2 * Mathematics.logarithm(1 - stream.uniform())).squareRoot()
            let (sine, cosine) = Mathematics.sineAndCosine(2 * .pi * stream.uniform())
            values.append(radius * cosine)
            values.append(radius * sine)
        }
        return Array(values.prefix(count))
    }
}
