import CApusKernels
import Glibc

/// A function that a recurrent cell may use, by the name that ONNX gives it.
enum RecurrentActivation: Sendable {
    case function(apus_activation)
    case affine(Double, Double)
    case scaledTanh(Double, Double)
    case thresholded(Double)

    func callAsFunction(_ x: Double) -> Double {
        switch self {
        case .function(let function): function(x)
        case .affine(let alpha, let beta): alpha * x + beta
        case .scaledTanh(let alpha, let beta): alpha * tanh(beta * x)
        case .thresholded(let alpha): x >= alpha ? x : 0
        }
    }

    /// - Parameters:
    ///   - alphas: what functions with an alpha take from, in their order; the default where none is left.
    ///   - betas: the same for functions with a beta.
    /// - Returns: `nil` where there is no such function.
    init?(_ name: String, _ alphas: inout ArraySlice<Float>, _ betas: inout ArraySlice<Float>) {
        switch name.lowercased() {
        case "relu": self = .function(apus_activation(APUS_RELU))
        case "tanh": self = .function(apus_activation(APUS_TANH))
        case "sigmoid": self = .function(apus_activation(APUS_SIGMOID))
        case "softsign": self = .function(apus_activation(APUS_SOFTSIGN))
        case "softplus": self = .function(apus_activation(APUS_SOFTPLUS))
        case "leakyrelu": self = .function(apus_activation(APUS_LEAKY_RELU, alphas.popFirst() ?? 0.01))
        case "elu": self = .function(apus_activation(APUS_ELU, alphas.popFirst() ?? 1))
        case "hardsigmoid":
            self = .function(apus_activation(APUS_HARD_SIGMOID, alphas.popFirst() ?? 0.2, betas.popFirst() ?? 0.5))
        case "thresholdedrelu": self = .thresholded(Double(alphas.popFirst() ?? 1))
        case "affine": self = .affine(Double(alphas.popFirst() ?? 1), Double(betas.popFirst() ?? 0))
        case "scaledtanh": self = .scaledTanh(Double(alphas.popFirst() ?? 1), Double(betas.popFirst() ?? 1))
        default: return nil
        }
    }
}
