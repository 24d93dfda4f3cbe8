/// How far a run has come; with weights, optimizer state and waiting gradients it is all that resuming needs.
public struct TrainingProgress: Codable, Equatable, Sendable {
    /// The epoch to run next, or that is under way.
    public var epoch = 0
    /// Steps of that epoch that are done.
    public var step = 0
    public var bestEpoch: Int?
    public var bestFitness = 0.0
    public var epochsWithoutImprovement = 0
    public var emaUpdates = 0
    /// Micro-batches whose gradients wait for the optimizer; 0 between epochs.
    var accumulated = 0
    /// What the epoch under way has summed up.
    var totals = EpochTotals()
    /// What the schedule's rates are multiplied by: less than 1 after a roll-back, and where a plateau was reached.
    var rateFactor = 1.0
    var plateauFactor = 1.0
    var rollBacks = 0
    /// Steps in a row that were not finite.
    var skippedInARow = 0
    /// How many pieces a batch is computed in, once memory ran short.
    var pieces: Int?
    /// While it learns in float16.
    var lossScale: LossScale?

    public init() {}

    /// Notes an epoch's end; `true` where its fitness is the best so far.
    mutating func close(_ epoch: Int, fitness: Double?) -> Bool {
        (self.epoch, step, totals) = (epoch + 1, 0, EpochTotals())
        guard let fitness, bestEpoch == nil || fitness > bestFitness else {
            epochsWithoutImprovement += 1
            return false
        }
        (bestEpoch, bestFitness, epochsWithoutImprovement) = (epoch, fitness, 0)
        return true
    }
}

/// Sums over the steps of an epoch.
struct EpochTotals: Codable, Equatable, Sendable {
    private var lossSum = LossParts()
    private var learnedCount = 0
    private(set) var imageCount = 0
    private(set) var waitSeconds = 0.0
    private(set) var computeSeconds = 0.0
    private(set) var learningRate = 0.0
    /// Of the whole loop, in this process and in those before it.
    private(set) var seconds = 0.0

    mutating func add(_ report: StepReport, seconds: Double) {
        if !report.isSkipped {
            lossSum = lossSum + report.loss * Double(report.imageCount)
            learnedCount += report.imageCount
        }
        imageCount += report.imageCount
        waitSeconds += report.waitSeconds
        computeSeconds += report.computeSeconds
        learningRate = report.rates.learningRate
        self.seconds += seconds
    }

    var loss: LossParts { lossSum / Double(max(learnedCount, 1)) }
}
