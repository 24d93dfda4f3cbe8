/// Between which values something lies, with a stated certainty.
public struct ConfidenceInterval: Codable, Hashable, Sendable {
    public var lower, upper: Double
    /// The certainty: 0.95 for most.
    public var level: Double

    public init(lower: Double, upper: Double, level: Double = 0.95) {
        (self.lower, self.upper, self.level) = (lower, upper, level)
    }

    public func contains(_ value: Double) -> Bool { lower <= value && value <= upper }

    /// The middle part of a sample: its percentiles, interpolated between neighbours.
    ///
    /// - Returns: `nil` where more than half of the values are NaN.
    init?(percentilesOf sample: [Double], level: Double = 0.95) {
        let sorted = sample.filter { !$0.isNaN }.sorted()
        guard !sorted.isEmpty, sorted.count * 2 >= sample.count else { return nil }
        self.init(
            lower: percentile(sorted, (1 - level) / 2), upper: percentile(sorted, (1 + level) / 2), level: level)
    }

    /// Where the median of the values' distribution lies: between order statistics, whatever the distribution is.
    ///
    /// - Returns: `nil` with fewer than six values, which cannot tell at 95 %.
    init?(medianOf values: [Double], level: Double = 0.95) {
        let sorted = values.sorted()
        guard let rank = Binomial(count: sorted.count).lowestRank(tail: (1 - level) / 2) else { return nil }
        self.init(lower: sorted[rank], upper: sorted[sorted.count - 1 - rank], level: level)
    }
}

/// - Precondition: `sorted` is ascending and not empty.
private func percentile(_ sorted: [Double], _ part: Double) -> Double {
    let place = part * Double(sorted.count - 1)
    let below = Int(place.rounded(.down))
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + (sorted[above] - sorted[below]) * (place - Double(below))
}

/// The middle value, or the mean of the two in the middle; NaN of nothing.
func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return .nan }
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
}
