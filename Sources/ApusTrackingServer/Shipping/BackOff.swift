/// How long to wait before trying again: twice as long after every failure, up to a limit, and up to a fourth of it
/// more or less by chance, so that many processes do not come back at once.
struct BackOff {
    private var failures = 0
    let first: Double
    let limit: Double

    init(first: Double = 1, limit: Double = 60) {
        (self.first, self.limit) = (first, limit)
    }

    /// - Parameter asked: the seconds that the server wants, at most ten minutes of which are granted.
    mutating func next(asked: Int? = nil, jitter: Double = .random(in: -0.25...0.25)) -> Double {
        let doubled = min(limit, first * Double(1 << min(failures, 20)))
        failures += 1
        return max(doubled * (1 + jitter), Double(min(max(asked ?? 0, 0), 600)))
    }

    mutating func reset() { failures = 0 }
}
