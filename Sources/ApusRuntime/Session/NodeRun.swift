import ApusCore
import Glibc

/// What one node did in one run: when, how long, and what it took and gave.
public struct NodeRun {
    public let name: String
    public let operatorType: String
    /// Seconds on a clock that only goes forward.
    public let start: Double
    public let seconds: Double
    /// Optional inputs that are left out are not there; what subgraphs take from outside comes last.
    public let inputs: [NodeValue]
    public let outputs: [NodeValue]
    /// Bytes of all buffers that the run holds when the node ends.
    public let heldBytes: Int
}

/// A value as a node saw it.
public struct NodeValue {
    public let name: String
    /// Weights and other values that are the same in every run.
    public let isConstant: Bool
    /// Type and shape, where it is a tensor of numbers.
    public let tensor: TensorKind?
    let value: AnyValue?
    let context: ExecutionContext

    public struct TensorKind: Hashable, Sendable {
        public let dataType: DataType
        public let shape: Shape

        public var byteCount: Int { shape.count * dataType.size }
    }

    /// The value itself; only while the observer is called, for then its memory is used anew. `nil` for weights that
    /// live on in packed form alone.
    public func copy() -> ModelValue? {
        guard case .tensor(let tensor) = value else { return value.map(context.output) }
        let array = NDArray(uninitialized: tensor.shape, dataType: tensor.dataType)
        context.copy(tensor, to: Value(array))
        return .tensor(array)
    }
}

/// How long one node took in one run.
public struct NodeTiming: Sendable {
    public let name: String
    public let operatorType: String
    public let seconds: Double
}

/// Seconds on a clock that only goes forward.
func monotonicSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
