import ApusTorch

/// The function that follows a layer.
public enum Activation: Hashable, Sendable, CaseIterable {
    case none, relu, relu6, silu, hardSwish, sigmoid, hardSigmoid

    public func callAsFunction(_ x: Tensor) -> Tensor {
        switch self {
        case .none: x
        case .relu: x.relu()
        case .relu6: x.relu6()
        case .silu: x.silu()
        case .hardSwish: x.hardSwish()
        case .sigmoid: x.sigmoid()
        case .hardSigmoid: x.hardSigmoid()
        }
    }
}
