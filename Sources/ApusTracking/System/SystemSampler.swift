import ApusCore
import Glibc

/// Records what the machine is doing, from a thread of its own, as metrics `system/…` of a run.
///
/// A sample is a few small files of `/proc`, read and summed in a fraction of a millisecond. What cannot be recorded,
/// on a full disk say, is left out: training goes on.
public final class SystemSampler: Sendable {
    private let run: Run
    private let interval: Double
    private let state = Monitor(State())

    private struct State {
        var isEnding = false
        var isDone = false
    }

    /// Starts sampling. A run that is taken up again goes on where its samples ended.
    ///
    /// - Parameter interval: seconds between samples.
    public init(_ run: Run, interval: Double) {
        self.run = run
        self.interval = max(interval, 0.01)
        _ = Thread(stackSize: 1 << 20) { [self] in work() }
    }

    /// The seconds between samples as MLflow's variables say, else as configured; `nil` for no samples.
    ///
    /// - Parameter configured: what the experiment says, `nil` where it wants none.
    public static func interval(configured: Double?, environment: (String) -> String?) -> Double? {
        let variable = environment("MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL").flatMap { Double($0) }
        let wanted = variable.flatMap { $0 > 0 && $0.isFinite ? $0 : nil }
        switch environment("MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING")?.lowercased() {
        case "false", "0": return nil
        case "true", "1": return wanted ?? configured ?? 10
        default: return configured.map { wanted ?? $0 }
        }
    }

    /// Takes a last sample, where the last is a second old, and ends.
    public func stop() {
        state.update { $0.isEnding = true }
        state.wait { $0.isDone ? () : nil }
    }

    private func work() {
        Thread.enterBackground()
        let devices = NVML()
        let first = SystemReadings.read(folder: run.folder)
        var last = first, time = ContinuousClock.now
        var step = nextStep()
        var isEnding = false
        while !isEnding {
            isEnding = state.wait(atMost: interval) { $0.isEnding ? true : nil } ?? false
            if isEnding && ContinuousClock.now - time < .seconds(min(1, interval)) { break }
            let now = SystemReadings.read(folder: run.folder)
            let metrics = now.metrics(since: last, first: first).merging(devices?.metrics() ?? [:]) { $1 }
            try? run.log(metrics: metrics, step: step)
            (last, time) = (now, .now)
            step += 1
        }
        state.update { $0.isDone = true }
    }

    private func nextStep() -> Int {
        let key = "system/system_memory_usage_megabytes"
        return ((try? run.history(of: key))?.map(\.step).max()).map { Int($0) + 1 } ?? 0
    }
}
