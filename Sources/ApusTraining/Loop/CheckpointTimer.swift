import ApusConfiguration

/// When, within an epoch, what was learned shall be kept.
public struct CheckpointConfiguration: Defaulted, Validated, Equatable, Sendable {
    /// Minutes between checkpoints within an epoch; 0 for none. There is one after every epoch besides.
    public var everyMinutes = 5.0
    /// Steps between checkpoints; 0 for none.
    public var everySteps = 0

    public init() {}

    enum CodingKeys: String, CodingKey {
        case everyMinutes = "every_minutes"
        case everySteps = "every_steps"
    }

    public func problems() -> [ConfigurationProblem] {
        [.range("every_minutes", everyMinutes, 0...100_000), .atLeast("every_steps", everySteps, 0)].compactMap { $0 }
    }
}

struct CheckpointTimer {
    private let configuration: CheckpointConfiguration
    private var last = ContinuousClock.now
    private var steps = 0

    init(_ configuration: CheckpointConfiguration) { self.configuration = configuration }

    /// Counts a step; `true` where a checkpoint is due, which then starts the count anew.
    mutating func isDue(afterStep now: ContinuousClock.Instant) -> Bool {
        steps += 1
        let (minutes, limit) = (configuration.everyMinutes, configuration.everySteps)
        let isDue = (limit > 0 && steps >= limit) || (minutes > 0 && now - last >= .seconds(minutes * 60))
        if isDue { restart() }
        return isDue
    }

    mutating func restart() { (last, steps) = (.now, 0) }
}
