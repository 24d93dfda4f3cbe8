/// The numbers that the integers of a value shall reach; those beyond are clipped to it.
struct ActivationRange: Equatable, Sendable {
    var least: Float
    var largest: Float

    /// The smallest range that holds both.
    func union(_ other: ActivationRange) -> ActivationRange {
        ActivationRange(least: min(least, other.least), largest: max(largest, other.largest))
    }
}

/// How ranges are chosen from what calibration saw.
public enum RangeMethod: String, CaseIterable, Sendable {
    /// All that occurred.
    case minimumMaximum = "minmax"
    /// All but one in ten thousand on either side.
    case percentile
    /// Where the mean squared error of rounding and clipping is least.
    case squaredError = "mse"

    /// The range for a value; 0 is always in it, so that padding is exact.
    func range(of histogram: ActivationHistogram) -> ActivationRange {
        guard !histogram.isEmpty else { return ActivationRange(least: 0, largest: 1) }
        let whole = ActivationRange(least: min(histogram.least, 0), largest: max(histogram.largest, 0))
        switch self {
        case .minimumMaximum: return whole
        case .percentile: return Self.percentile(histogram, within: whole)
        case .squaredError: return Self.leastSquaredError(histogram, within: whole)
        }
    }

    private static func percentile(_ histogram: ActivationHistogram, within whole: ActivationRange) -> ActivationRange {
        let allowed = histogram.counts.reduce(0, +) * 1e-4
        var (low, high) = (0, histogram.counts.count - 1)
        var (below, above) = (0.0, 0.0)
        while low < high, below + histogram.counts[low] <= allowed {
            below += histogram.counts[low]
            low += 1
        }
        while high > low, above + histogram.counts[high] <= allowed {
            above += histogram.counts[high]
            high -= 1
        }
        let half = histogram.binWidth / 2
        return ActivationRange(
            least: max(whole.least, min(histogram.center(low) - half, 0)),
            largest: min(whole.largest, max(histogram.center(high) + half, 0)))
    }

    /// Tries to clip each side, in hundredths, one side after the other.
    private static func leastSquaredError(
        _ histogram: ActivationHistogram, within whole: ActivationRange
    ) -> ActivationRange {
        let fractions = stride(from: Float(1), to: 0.2, by: -0.01)
        var best = whole
        for _ in 0..<2 {
            best.largest =
                fractions.map { $0 * whole.largest }.min {
                    squaredError(histogram, .init(least: best.least, largest: $0))
                        < squaredError(histogram, .init(least: best.least, largest: $1))
                } ?? whole.largest
            best.least =
                fractions.map { $0 * whole.least }.min {
                    squaredError(histogram, .init(least: $0, largest: best.largest))
                        < squaredError(histogram, .init(least: $1, largest: best.largest))
                } ?? whole.least
        }
        return best
    }

    /// The sum of squared differences between numbers and the integers that stand for them.
    private static func squaredError(_ histogram: ActivationHistogram, _ range: ActivationRange) -> Double {
        let step = Double(range.largest - range.least) / 255, rounding = step * step / 12
        var sum = 0.0
        for (bin, count) in histogram.counts.enumerated() where count > 0 {
            let number = histogram.center(bin)
            let beyond = Double(max(range.least - number, number - range.largest, 0))
            sum += count * (beyond > 0 ? beyond * beyond : rounding)
        }
        return sum
    }
}
