import ApusDatasets
import ApusMetrics

/// The parts of the loss, each already weighted by its gain and averaged over the images it covers.
public struct LossParts: Codable, Equatable, Sendable {
    public var box = 0.0
    public var cls = 0.0
    public var dfl = 0.0

    public init(box: Double = 0, cls: Double = 0, dfl: Double = 0) { (self.box, self.cls, self.dfl) = (box, cls, dfl) }

    public var total: Double { box + cls + dfl }

    static func + (a: LossParts, b: LossParts) -> LossParts {
        LossParts(box: a.box + b.box, cls: a.cls + b.cls, dfl: a.dfl + b.dfl)
    }

    static func * (a: LossParts, factor: Double) -> LossParts {
        LossParts(box: a.box * factor, cls: a.cls * factor, dfl: a.dfl * factor)
    }

    static func / (a: LossParts, count: Double) -> LossParts {
        LossParts(box: a.box / count, cls: a.cls / count, dfl: a.dfl / count)
    }
}

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
    /// `nil` where this epoch was not evaluated.
    public var metrics: DetectionMetrics?
    public var isBest: Bool
}

/// What the training loop tells its observers.
public enum TrainingEvent: Sendable {
    case started(TrainingPlan)
    case firstBatch(Batch)
    case stepCompleted(StepReport)
    case epochCompleted(EpochReport)
    case finished(TrainingResult)
}

/// What a run is about to do.
public struct TrainingPlan: Sendable {
    public var parameterCount: Int
    public var trainImages: Int
    public var validationImages: Int
    public var stepsPerEpoch: Int
    public var firstEpoch: Int
    public var epochs: Int
    public var warmupSteps: Int
    public var nominalAccumulation: Int
}

/// How a run ended.
public struct TrainingResult: Sendable {
    public enum Ending: String, Sendable { case completed, patienceExhausted = "patience exhausted", interrupted }

    public var ending: Ending
    public var epochsDone: Int
    public var bestEpoch: Int?
    /// The best epoch's AP averaged over overlaps.
    public var bestFitness: Double
    public var seconds: Double
}

public protocol TrainingObserver: AnyObject {
    func observe(_ event: TrainingEvent) throws
}
