import Glibc

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
