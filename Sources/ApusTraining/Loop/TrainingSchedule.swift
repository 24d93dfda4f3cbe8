import ApusNN

/// What one micro-batch uses.
public struct ScheduledRates: Equatable, Sendable {
    /// For convolution weights and norm weights.
    public var learningRate: Double
    /// For biases, whose warm-up starts high instead of at 0.
    public var biasLearningRate: Double
    public var momentum: Double
    /// Micro-batches whose gradients are summed into one optimizer step.
    public var accumulation: Int
}

/// Learning rate, momentum and accumulation as a pure function of the step: resuming needs no state.
public struct TrainingSchedule: Sendable {
    let configuration: OptimizerConfiguration
    let stepsPerEpoch: Int
    let epochs: Int
    let batchSize: Int

    public init(_ configuration: OptimizerConfiguration, stepsPerEpoch: Int, epochs: Int, batchSize: Int) {
        self.configuration = configuration
        self.stepsPerEpoch = stepsPerEpoch
        self.epochs = epochs
        self.batchSize = batchSize
    }

    public var warmUp: WarmUp {
        guard configuration.warmupEpochs > 0 else { return WarmUp(steps: 0) }
        let wanted = Int((configuration.warmupEpochs * Double(stepsPerEpoch)).rounded())
        return WarmUp(steps: max(wanted, configuration.warmupMinimumSteps))
    }

    /// Micro-batches in a nominal batch.
    public var nominalAccumulation: Int {
        max(1, Int((Double(configuration.nominalBatchSize) / Double(batchSize)).rounded()))
    }

    /// Weight decay for the images that one optimizer step really sees.
    public var weightDecay: Double {
        configuration.weightDecay * Double(batchSize * nominalAccumulation) / Double(configuration.nominalBatchSize)
    }

    /// The rates of micro-batch `step`, counted from 0 over all epochs.
    public func rates(at step: Int) -> ScheduledRates {
        let progress = Double(step / max(stepsPerEpoch, 1)) / Double(max(epochs, 1))
        let target = configuration.lr0 * configuration.schedule.factor(at: progress, final: configuration.lrf)
        let warmUp = warmUp
        let accumulation = warmUp.value(at: step, from: 1, to: Double(nominalAccumulation))
        return ScheduledRates(
            learningRate: warmUp.value(at: step, from: 0, to: target),
            biasLearningRate: warmUp.value(at: step, from: configuration.warmupBiasLR, to: target),
            momentum: warmUp.value(at: step, from: configuration.warmupMomentum, to: configuration.momentum),
            accumulation: max(1, Int(accumulation.rounded())))
    }
}
