/// Stops a trial whose best value so far is below the median of what complete trials had after the same epoch, as
/// Optuna's pruner of this name does (Akiba et al., *Optuna*, KDD 2019).
public struct MedianPruner: Equatable, Sendable {
    /// Epochs in which no trial is stopped.
    public var warmupEpochs: Int
    /// Complete trials before the first is stopped.
    public var startupTrials: Int

    public init(warmupEpochs: Int, startupTrials: Int) {
        (self.warmupEpochs, self.startupTrials) = (warmupEpochs, startupTrials)
    }

    /// Whether `trial` shall stop after its last measurement; only complete trials that are numbered before it count.
    public func stops(_ trial: Trial, among trials: [Trial]) -> Bool {
        guard let last = trial.measurements.last, last.epoch > warmupEpochs else { return false }
        let complete = trials.filter { $0.number < trial.number && $0.state == .complete }
        guard complete.count >= startupTrials, let best = trial.measurements.map(\.value).max() else { return false }
        let others = complete.compactMap { other in
            other.measurements.last { $0.epoch == last.epoch }?.value
        }
        return median(of: others).map { best < $0 } ?? false
    }

    private func median(of values: [Double]) -> Double? {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return nil }
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}
