import Glibc

/// What turns a model's numbers into probabilities.
public enum Activation: String, Codable, Sendable, CaseIterable {
    /// They are probabilities already.
    case none
    case softmax, sigmoid

    /// The probabilities of one row.
    func callAsFunction(_ values: ArraySlice<Float>) -> [Float] {
        switch self {
        case .none: return Array(values)
        case .sigmoid: return values.map { 1 / (1 + exp(-$0)) }
        case .softmax:
            let largest = values.reduce(-Float.infinity) { max($0, $1) }
            let powers = values.map { exp($0 - largest) }
            let sum = powers.reduce(0, +)
            return powers.map { $0 / sum }
        }
    }
}
