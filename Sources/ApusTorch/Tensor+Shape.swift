import ApusCore
import CApusTorch

extension Tensor {
    /// The same elements under another shape; one extent may be −1.
    public func reshaped(_ shape: Shape) -> Tensor { Tensor(apus_tensor_reshape(handle, shape.extents, shape.rank)) }

    /// The axes in another order.
    public func permuted(_ axes: [Int]) -> Tensor {
        Tensor(apus_tensor_permute(handle, axes.map(Int64.init), axes.count))
    }

    /// A range of one axis, without a copy.
    public func slice(_ axis: Int, _ range: Range<Int>) -> Tensor {
        Tensor(apus_tensor_slice(handle, Int64(axis), Int64(range.lowerBound), Int64(range.upperBound)))
    }

    /// Consecutive ranges of one axis with these extents, without copies.
    public func split(_ extents: [Int], axis: Int) -> [Tensor] {
        precondition(extents.reduce(0, +) == size(axis), "\(extents) do not add up to \(size(axis))")
        var start = 0
        return extents.map { extent in
            defer { start += extent }
            return slice(axis, start..<start + extent)
        }
    }

    /// A map `[N, C, H, W]` and twice its channels from a start on. Autograd sums the three gradients in one pass.
    public struct Fork {
        public let whole: Tensor
        /// The channels from the start on, to be added to another map.
        public let shortcut: Tensor
        /// The same channels, for a layer.
        public let tail: Tensor
    }

    public func forked(from start: Int) -> Fork {
        var fork = apus_fork()
        require(apus_tensor_fork(handle, Int64(start), &fork))
        return Fork(whole: Tensor(fork.whole), shortcut: Tensor(fork.shortcut), tail: Tensor(fork.tail))
    }

    public static func concatenate(_ tensors: [Tensor], axis: Int) -> Tensor {
        withExtendedLifetime(tensors) {
            Tensor(apus_tensor_concatenate(tensors.map(\.handle), tensors.count, Int64(axis)))
        }
    }
}
