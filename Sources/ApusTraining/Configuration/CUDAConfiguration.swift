import ApusConfiguration
import ApusTorch

/// How exactly GPUs compute. On CPUs it counts for nothing.
public struct CUDAConfiguration: Defaulted, Equatable, Sendable {
    /// Whether products of float32 numbers are of 10 bits of mantissa, several times as fast.
    public var tf32 = false
    /// Whether the fastest algorithm of each convolution is measured; last bits may then differ from run to run.
    public var benchmark = false
    /// Whether algorithms are chosen that repeat to the bit, where LibTorch has some.
    public var deterministic = true

    public init() {}

    var choices: CUDAChoices {
        var choices = CUDAChoices()
        (choices.tf32, choices.benchmark, choices.deterministic) = (tf32, benchmark, deterministic)
        return choices
    }
}
