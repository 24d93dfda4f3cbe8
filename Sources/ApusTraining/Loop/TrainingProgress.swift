/// How far a run has come; with weights and optimizer state it is all that resuming needs.
public struct TrainingProgress: Codable, Equatable, Sendable {
    /// The epoch to run next.
    public var epoch = 0
    public var bestEpoch: Int?
    public var bestFitness = 0.0
    public var epochsWithoutImprovement = 0
    public var emaUpdates = 0
    /// Micro-batches whose gradients wait for the optimizer; 0 between epochs.
    var accumulated = 0

    /// Notes an epoch's end; `true` where its fitness is the best so far.
    mutating func close(_ epoch: Int, fitness: Double?) -> Bool {
        self.epoch = epoch + 1
        guard let fitness else {
            epochsWithoutImprovement += 1
            return false
        }
        guard bestEpoch == nil || fitness > bestFitness else {
            epochsWithoutImprovement += 1
            return false
        }
        (bestEpoch, bestFitness, epochsWithoutImprovement) = (epoch, fitness, 0)
        return true
    }
}

/// Sums over the steps of an epoch.
struct EpochTotals {
    private var lossSum = LossParts()
    private(set) var imageCount = 0
    private(set) var waitSeconds = 0.0
    private(set) var computeSeconds = 0.0
    private(set) var learningRate = 0.0

    mutating func add(_ report: StepReport) {
        lossSum = lossSum + report.loss * Double(report.imageCount)
        imageCount += report.imageCount
        waitSeconds += report.waitSeconds
        computeSeconds += report.computeSeconds
        learningRate = report.rates.learningRate
    }

    var loss: LossParts { lossSum / Double(max(imageCount, 1)) }
}
