import ApusTorch

/// Optimizers that keep moments of the gradients, as PyTorch computes them. A group's momentum is β₁, RMSProp's own.
///
/// Adam (Kingma and Ba, <https://arxiv.org/abs/1412.6980>), AdamW (Loshchilov and Hutter,
/// <https://arxiv.org/abs/1711.05101>), RAdam (Liu et al., <https://arxiv.org/abs/1908.03265>), RMSProp (Hinton),
/// Lion (Chen et al., <https://arxiv.org/abs/2302.06675>).
public final class AdaptiveOptimizer: Optimizer {
    public typealias Kind = TrainingSteps.Adaptive

    public let kind: Kind
    public var groups: [ParameterGroup]
    public let beta2, epsilon: Double
    private let parameters: ParameterState
    private let first, second: [Tensor]
    private var stepCount = 0

    /// - Parameter beta2: of the second moments; RMSProp's α.
    public init(_ kind: Kind, _ groups: [ParameterGroup], beta2: Double = 0.999, epsilon: Double = 1e-8) {
        self.kind = kind
        (self.groups, self.beta2, self.epsilon) = (groups, beta2, epsilon)
        parameters = ParameterState(groups)
        (first, second) = (parameters.zeros(), kind == .lion ? [] : parameters.zeros())
    }

    @discardableResult
    public func step(maximumNorm: Double? = 10) throws(TorchError) -> Double {
        let norm = try TrainingSteps.adaptive(
            kind, parameters: parameters.tensors, first: first, second: second, rates: parameters.rates(groups),
            beta2: beta2, epsilon: epsilon, step: stepCount + 1, maximumNorm: maximumNorm ?? 0)
        if norm.isFinite { stepCount += 1 }
        return norm
    }

    public func stateDictionary() -> StateDictionary {
        var state = parameters.named(moments)
        state["step"] = Tensor([Int64(stepCount)])
        return state
    }

    public func load(_ state: StateDictionary) throws(TorchError) {
        guard let step = state["step"], step.count == 1 else { throw .state("the optimizer's state lacks its step") }
        try parameters.load(state, into: moments)
        stepCount = Int(step.item())
    }

    private var moments: [(kind: String, tensors: [Tensor])] {
        kind == .lion ? [("first", first)] : [("first", first), ("second", second)]
    }
}
