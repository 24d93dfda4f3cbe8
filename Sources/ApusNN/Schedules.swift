import ApusCore

/// How the learning rate falls over training, as a factor of its first value.
public enum Schedule: String, Codable, CaseIterable, Sendable {
    case constant, linear, cosine
    /// A rise and a fall (`OneCycle`), in place of a warm-up.
    case oneCycle = "one_cycle"
    /// Falls at given epochs.
    case step
    /// Falls where the result does not get better.
    case plateau

    /// The factor after the fraction `progress` (0…1) of training; `final` is reached at 1. One where the schedule does
    /// not follow from the progress alone.
    public func factor(at progress: Double, final: Double) -> Double {
        let t = min(max(progress, 0), 1)
        return switch self {
        case .constant, .step, .plateau: 1
        case .linear: (1 - t) * (1 - final) + final
        case .cosine: (1 + Mathematics.cosine(.pi * t)) / 2 * (1 - final) + final
        case .oneCycle: OneCycle(final: final).factor(at: t)
        }
    }
}

/// A rate that rises from a 25th to its largest value and falls to its last, both along cosines (Smith and Topin,
/// <https://arxiv.org/abs/1708.07120>).
public struct OneCycle: Equatable, Sendable {
    /// The fraction of training in which the rate rises.
    public var rise: Double
    /// The last rate, as a fraction of the largest.
    public var final: Double

    public static let start = 1.0 / 25

    public init(rise: Double = 0.3, final: Double) { (self.rise, self.final) = (rise, final) }

    /// The factor of the largest rate after the fraction `progress` (0…1) of training.
    public func factor(at progress: Double) -> Double {
        let t = min(max(progress, 0), 1)
        return t < rise ? between(Self.start, 1, t / rise) : between(1, final, (t - rise) / (1 - rise))
    }

    private func between(_ start: Double, _ end: Double, _ t: Double) -> Double {
        end + (start - end) * (1 + Mathematics.cosine(.pi * t)) / 2
    }
}

/// The first steps of training, in which rates and momentum grow to their values.
public struct WarmUp: Equatable, Sendable {
    /// Steps until the full values hold; 0 for no warm-up.
    public var steps: Int

    public init(steps: Int) { self.steps = steps }

    /// The value at `step` on the line from `start` at step 0 to `end` at `steps` and after.
    public func value(at step: Int, from start: Double, to end: Double) -> Double {
        guard step < steps else { return end }
        return start + (end - start) * Double(step) / Double(steps)
    }
}
