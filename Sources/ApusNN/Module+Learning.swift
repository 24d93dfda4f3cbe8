import ApusTorch

extension Module {
    /// How many numbers of the parameters do not learn.
    public final var frozenCount: Int {
        parameters.reduce(0) { $0 + ($1.tensor.requiresGradient ? 0 : $1.tensor.count) }
    }

    /// Copies the buffers, such as running statistics, of a module of the same build.
    public final func copyBuffers(from other: Module) throws(TorchError) {
        for (own, given) in zip(buffers, other.buffers) { own.tensor.assign(given.tensor) }
    }

    /// The gradients that wait for an optimizer, by their parameters' names.
    public final func gradients() -> StateDictionary {
        var state = StateDictionary()
        for (name, tensor) in parameters {
            if let gradient = tensor.gradient { state[name] = gradient }
        }
        return state
    }

    /// Puts gradients back; parameters that have none in `state` have none.
    public final func setGradients(_ state: StateDictionary) throws(TorchError) {
        for (name, tensor) in parameters {
            guard let gradient = state[name] else {
                tensor.clearGradient()
                continue
            }
            try tensor.setGradient(gradient)
        }
    }
}
