import ApusTorch

/// The parameters of all groups in one list, and the tensors that an optimizer keeps beside each.
struct ParameterState {
    let names: [String]
    let tensors: [Tensor]

    init(_ groups: [ParameterGroup]) {
        names = groups.flatMap { $0.parameters.map(\.name) }
        tensors = groups.flatMap { $0.parameters.map(\.tensor) }
        precondition(Set(names).count == names.count, "a parameter is in two groups")
    }

    /// Zeros in each parameter's own layout.
    func zeros() -> [Tensor] { tensors.map { $0.detached().zerosLike() } }

    func rates(_ groups: [ParameterGroup]) -> [StepRates] {
        groups.flatMap { group in
            let rates = StepRates(
                learningRate: group.learningRate * group.rateFactor, momentum: group.momentum,
                weightDecay: group.weightDecay)
            return [StepRates](repeating: rates, count: group.parameters.count)
        }
    }

    func named(_ lists: [(kind: String, tensors: [Tensor])]) -> StateDictionary {
        var state = StateDictionary()
        for (kind, tensors) in lists {
            for (name, tensor) in zip(names, tensors) { state["\(kind).\(name)"] = tensor }
        }
        return state
    }

    func load(_ state: StateDictionary, into lists: [(kind: String, tensors: [Tensor])]) throws(TorchError) {
        let own = named(lists)
        for (name, tensor) in own where state[name]?.shape != tensor.shape {
            let found = state[name].map { "has the shape \($0.shape)" } ?? "is missing"
            throw .state("the optimizer's state \(name) \(found), expected \(tensor.shape)")
        }
        for (name, tensor) in own { tensor.assign(state[name]!) }
    }
}
