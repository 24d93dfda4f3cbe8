import Glibc

/// Time since its making, on a clock that only goes forward.
struct Stopwatch {
    private let start = Self.now()

    var milliseconds: Double { (Self.now() - start) * 1e3 }

    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}

/// The most memory this process has held, in bytes.
func peakResidentBytes() -> Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1024
}
