import ApusDatasets

/// One micro-batch: what it cost and what it learned.
public struct StepReport: Sendable {
    public var epoch: Int
    /// Within the epoch, counted from 0.
    public var step: Int
    public var stepsPerEpoch: Int
    public var loss: LossParts
    public var rates: ScheduledRates
    public var imageCount: Int
    /// Seconds the loop waited for the loader.
    public var waitSeconds: Double
    /// Seconds of forward, loss, backward and optimizer.
    public var computeSeconds: Double
    /// Whether the loss or its gradients were not finite, so that nothing was learned.
    public var isSkipped = false
}

/// One pass over the training split.
public struct EpochReport: Sendable {
    public var epoch: Int
    public var epochs: Int
    public var loss: LossParts
    public var learningRate: Double
    public var imagesPerSecond: Double
    public var waitSeconds: Double
    public var computeSeconds: Double
    public var validationSeconds: Double
    public var peakMemoryMegabytes: Double
    /// Of the GPU's memory; 0 on the CPU.
    public var gpuPeakMegabytes = 0.0
    /// `nil` where this epoch was not evaluated.
    public var evaluation: (any TaskEvaluation)?
    public var isBest: Bool
}

/// What the training loop tells its observers.
public enum TrainingEvent: Sendable {
    case started(TrainingPlan)
    case firstBatch(Batch)
    case stepCompleted(StepReport)
    /// Within an epoch: what was learned since the last checkpoint shall be kept.
    case checkpointDue
    case epochCompleted(EpochReport)
    /// Training went back to its last checkpoint; rates are this fraction of the schedule's from now on.
    case rolledBack(LossParts, epoch: Int, step: Int, rateFactor: Double)
    /// A step found no memory: from it on every batch is computed in so many pieces.
    case memoryShort(pieces: Int, epoch: Int, step: Int, reason: String)
    /// Why a part of the record was not written; training goes on, and the store tries again.
    case notRecorded(String)
    case finished(TrainingResult)
}

/// What a run is about to do.
public struct TrainingPlan: Sendable {
    public var task: String
    public var lossNames: [String]
    /// The two metrics that tell most of the task.
    public var metricNames: [String]
    public var parameterCount: Int
    /// Parameters that do not learn.
    public var frozenCount: Int
    public var trainImages: Int
    public var validationImages: Int
    public var stepsPerEpoch: Int
    public var firstEpoch: Int
    /// Within the first epoch.
    public var firstStep: Int
    public var epochs: Int
    public var warmupSteps: Int
    public var nominalAccumulation: Int
    /// What was chosen for the user, in lines.
    public var notes: [String]
}

/// How a run ended.
public struct TrainingResult: Sendable {
    public enum Ending: String, Sendable {
        case completed
        case patienceExhausted = "patience exhausted"
        case interrupted
        case timeLimit = "stopped by its time limit"
        case pruned = "stopped as worse than others"

        /// Whether `--resume` has something left to do.
        public var isUnfinished: Bool { self != .completed && self != .patienceExhausted }
    }

    public var ending: Ending
    public var epochsDone: Int
    public var bestEpoch: Int?
    /// The metric that "best" means, and its value in the best epoch.
    public var fitnessName: String
    public var bestFitness: Double
    public var seconds: Double
}

public protocol TrainingObserver: AnyObject {
    func observe(_ event: TrainingEvent) throws
}
