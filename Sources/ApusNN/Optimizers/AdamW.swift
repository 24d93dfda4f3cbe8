import ApusTorch

/// Adam with decoupled weight decay (Loshchilov and Hutter, <https://arxiv.org/abs/1711.05101>), as PyTorch computes
/// it. A group's momentum is β₁.
public final class AdamW: Optimizer {
    public var groups: [ParameterGroup]
    public let beta2, epsilon: Double
    private let parameters: ParameterState
    private let first, second: [Tensor]
    private var stepCount = 0

    public init(_ groups: [ParameterGroup], beta2: Double = 0.999, epsilon: Double = 1e-8) {
        (self.groups, self.beta2, self.epsilon) = (groups, beta2, epsilon)
        parameters = ParameterState(groups)
        (first, second) = (parameters.zeros(), parameters.zeros())
    }

    @discardableResult
    public func step(maximumNorm: Double? = 10) throws(TorchError) -> Double {
        let norm = try TrainingSteps.adamW(
            parameters: parameters.tensors, first: first, second: second, rates: parameters.rates(groups), beta2: beta2,
            epsilon: epsilon, step: stepCount + 1, maximumNorm: maximumNorm ?? 0)
        if norm.isFinite { stepCount += 1 }
        return norm
    }

    public func stateDictionary() -> StateDictionary {
        var state = parameters.named([("first", first), ("second", second)])
        state["step"] = Tensor([Int64(stepCount)])
        return state
    }

    public func load(_ state: StateDictionary) throws(TorchError) {
        guard let step = state["step"], step.count == 1 else { throw .state("the optimizer's state lacks its step") }
        try parameters.load(state, into: [("first", first), ("second", second)])
        stepCount = Int(step.item())
    }
}
