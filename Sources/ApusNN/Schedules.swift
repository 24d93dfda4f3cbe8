import ApusCore

/// How the learning rate falls over training, as a factor of its first value.
public enum Schedule: String, Codable, CaseIterable, Sendable {
    case constant, linear, cosine

    /// The factor after the fraction `progress` (0…1) of training; `final` is reached at 1.
    public func factor(at progress: Double, final: Double) -> Double {
        let t = min(max(progress, 0), 1)
        return switch self {
        case .constant: 1
        case .linear: (1 - t) * (1 - final) + final
        case .cosine: (1 + Mathematics.cosine(.pi * t)) / 2 * (1 - final) + final
        }
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
