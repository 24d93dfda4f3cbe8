import Glibc

/// By how much a candidate is better than its baseline, and how sure that is.
struct GainEstimate: Hashable, Sendable {
    /// Above 0 where the candidate is better.
    var gain: Double
    var interval: ConfidenceInterval
    /// Of the gain, one for each draw; empty where the interval was come by otherwise.
    private var draws: [Double] = []
    private var standardError = 0.0

    /// Paired draws of both sides.
    init?(gain: Double, draws: [Double]) {
        let present = draws.filter { !$0.isNaN }
        guard gain.isFinite, let interval = ConfidenceInterval(percentilesOf: draws) else { return nil }
        (self.gain, self.interval, self.draws) = (gain, interval, present)
        standardError = deviation(present)
    }

    /// Draws of the candidate alone: the baseline is taken to be as uncertain, and both to err independently, which
    /// widens the interval beyond what pairing would give.
    init?(gain: Double, candidateDraws: [Double]) {
        let present = candidateDraws.filter { !$0.isNaN }
        guard gain.isFinite, !present.isEmpty, present.count * 2 >= candidateDraws.count else { return nil }
        self.gain = gain
        standardError = deviation(present) * 2.squareRoot()
        interval = ConfidenceInterval(
            lower: gain - 1.959964 * standardError, upper: gain + 1.959964 * standardError)
    }

    /// Measurements that were taken side by side.
    init?(pairedGains: [Double]) {
        guard let interval = ConfidenceInterval(medianOf: pairedGains) else { return nil }
        (gain, self.interval) = (median(pairedGains), interval)
        standardError = (interval.upper - interval.lower) / (2 * 1.959964)
    }

    /// How probable it is that the true gain is `bound` or more: the larger of what the draws and a normal
    /// distribution of their spread say, as draws alone cannot tell small probabilities apart.
    func probability(ofAtLeast bound: Double) -> Double {
        let share = draws.isEmpty ? 0 : Double(draws.count { $0 >= bound }) / Double(draws.count)
        guard standardError > 0 else { return gain >= bound ? 1 : share }
        return max(share, erfc((bound - gain) / standardError / 2.squareRoot()) / 2)
    }
}

/// The standard deviation of a sample.
private func deviation(_ values: [Double]) -> Double {
    guard values.count > 1 else { return 0 }
    let mean = values.reduce(0, +) / Double(values.count)
    return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot()
}
