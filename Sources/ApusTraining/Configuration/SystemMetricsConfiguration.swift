import ApusConfiguration

/// How often processor, memory, disk, network and GPU are recorded as metrics `system/…`. MLflow's variables
/// `MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING` and `MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL` count more.
public struct SystemMetricsConfiguration: Defaulted, Validated, Equatable, Sendable {
    public var enabled = true
    /// Seconds from one sample to the next.
    public var interval = 10.0

    public init() {}

    public func problems() -> [ConfigurationProblem] {
        [ConfigurationProblem.range("interval", interval, 0.1...86_400)].compactMap { $0 }
    }
}
