import CApusTorch

/// Sums gradients over a group's processes in flat buckets, each as soon as the backward pass has computed all of its
/// gradients (Li et al., *PyTorch Distributed*, <https://arxiv.org/abs/2006.15704>).
public final class GradientReducer {
    private let group: ProcessGroup
    private let parameters: [Tensor]
    private let handle: OpaquePointer

    /// - Parameters:
    ///   - parameters: the same in all processes, in the order in which the network uses them.
    ///   - bucketBytes: about how much travels together.
    public init(_ group: ProcessGroup, parameters: [Tensor], bucketBytes: Int = 25 << 20) throws(TorchError) {
        (self.group, self.parameters) = (group, parameters)
        let made = apus_gradient_reducer_make(
            group.handle, parameters.map(\.handle), parameters.count, Int64(max(bucketBytes, 1)))
        guard let made else { throw .last }
        handle = made
    }

    deinit { apus_gradient_reducer_release(handle) }

    public var bucketCount: Int { apus_gradient_reducer_buckets(handle) }
    /// Buckets that the backward pass since `arm` has begun to reduce.
    public var startedCount: Int { apus_gradient_reducer_started(handle) }

    /// Lets the next backward pass begin to reduce.
    public func arm() { apus_gradient_reducer_arm(handle) }

    /// Waits until every gradient is the sum of all processes', whatever began before.
    public func finish() throws(TorchError) {
        guard apus_gradient_reducer_finish(handle) == 0 else { throw .lastOfGroup }
    }
}
