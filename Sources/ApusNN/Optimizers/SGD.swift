import ApusTorch

/// Stochastic gradient descent with momentum, Nesterov's by default, as PyTorch computes it.
public final class SGD: Optimizer {
    public var groups: [ParameterGroup]
    public let nesterov: Bool
    private let parameters: ParameterState
    private let momenta: [Tensor]

    public init(_ groups: [ParameterGroup], nesterov: Bool = true) {
        (self.groups, self.nesterov) = (groups, nesterov)
        parameters = ParameterState(groups)
        momenta = parameters.zeros()
    }

    @discardableResult
    public func step(maximumNorm: Double? = 10) throws(TorchError) -> Double {
        try TrainingSteps.sgd(
            parameters: parameters.tensors, momenta: momenta, rates: parameters.rates(groups), nesterov: nesterov,
            maximumNorm: maximumNorm ?? 0)
    }

    public func stateDictionary() -> StateDictionary { parameters.named([("momentum", momenta)]) }

    public func load(_ state: StateDictionary) throws(TorchError) {
        try parameters.load(state, into: [("momentum", momenta)])
    }
}
