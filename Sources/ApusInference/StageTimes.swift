import Glibc

/// How long the parts of a prediction took, in milliseconds.
public struct StageTimes: Hashable, Sendable {
    /// From pixels to the input array.
    public var preprocess = 0.0
    public var network = 0.0
    /// From the output arrays to the result.
    public var decode = 0.0

    mutating func measure<R, E: Error>(
        _ stage: WritableKeyPath<StageTimes, Double>, _ body: () throws(E) -> R
    ) throws(E) -> R {
        let start = Self.now()
        let result = try body()
        self[keyPath: stage] += Self.now() - start
        return result
    }

    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) * 1e3 + Double(time.tv_nsec) * 1e-6
    }
}
