import CApusTorch

extension Tensor {
    public var requiresGradient: Bool {
        get { apus_tensor_requires_gradient(handle) }
        set {
            require(apus_tensor_set_requires_gradient(handle, newValue))
        }
    }

    /// Marks a leaf whose gradient `backward` shall compute.
    @discardableResult
    public func requiringGradient() -> Tensor {
        requiresGradient = true
        return self
    }

    /// What `backward` has added up since the last release; `nil` where nothing reached this leaf.
    public var gradient: Tensor? { apus_tensor_gradient(handle).map(Tensor.init(owning:)) }

    /// Puts a copy of `gradient` where `backward` adds to, as if it had come from there.
    public func setGradient(_ gradient: Tensor) throws(TorchError) {
        guard apus_tensor_set_gradient(handle, gradient.handle) == 0 else { throw .last }
    }

    /// Makes `sum` this leaf's gradient, after what `backward` has added up since the last release was added to it.
    public func addGradient(to sum: Tensor) throws(TorchError) {
        guard apus_tensor_add_gradient(handle, sum.handle) == 0 else { throw .last }
    }

    public func clearGradient() { apus_tensor_clear_gradient(handle) }

    /// Adds the gradients of this scalar to the leaves it was computed from.
    public func backward() throws(TorchError) {
        guard apus_tensor_backward(handle) == 0 else { throw .last }
    }

    /// The same elements, cut from the operations that made them.
    public func detached() -> Tensor { Tensor(apus_tensor_detach(handle)) }
}
