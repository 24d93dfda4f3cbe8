import ApusConfiguration

/// What a search over an experiment's numbers may try: its key `tune`.
public struct TuningConfiguration: Defaulted, Validated, Equatable, Sendable {
    public enum Method: String, Codable, CaseIterable, Sendable {
        /// Tree-structured Parzen estimators.
        case tpe
        case random
    }

    public enum Pruner: String, Codable, CaseIterable, Sendable { case median, none }

    public var trials = 20
    public var method = Method.tpe
    /// Of the search; the experiment's own seed is that of every trial's training.
    public var seed: UInt64 = 0
    /// What shall be large; else the metric that makes an epoch the best.
    public var metric: String?
    public var pruner = Pruner.median
    /// Epochs in which no trial is stopped.
    public var warmupEpochs = 2
    /// Complete trials before the first is stopped.
    public var prunerTrials = 5
    /// Random trials before TPE proposes.
    public var startupTrials = 10
    /// Ranges by the key path of what they are for, such as `optimizer.lr0`.
    public var parameters: [String: ParameterRange] = [:]

    public init() {}

    public static let requiredKeys: Set<String> = ["parameters"]

    enum CodingKeys: String, CodingKey {
        case trials, method, seed, metric, pruner, parameters
        case warmupEpochs = "warmup_epochs"
        case prunerTrials = "pruner_trials"
        case startupTrials = "startup_trials"
    }

    public func problems() -> [ConfigurationProblem] {
        [
            .range("trials", trials, Self.trialCounts), .range("warmup_epochs", warmupEpochs, 0...100_000),
            .range("pruner_trials", prunerTrials, 1...100_000), .range("startup_trials", startupTrials, 1...100_000),
            .require("parameters", !parameters.isEmpty, expected: "a range at least", found: "nothing"),
        ].compactMap { $0 }
    }

    public static let trialCounts = 1...10_000

    public var medianPruner: MedianPruner? {
        pruner == .median ? MedianPruner(warmupEpochs: warmupEpochs, startupTrials: prunerTrials) : nil
    }
}
