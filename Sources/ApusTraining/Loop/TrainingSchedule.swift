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
        guard configuration.warmupEpochs > 0, configuration.schedule != .oneCycle else { return WarmUp(steps: 0) }
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
        let (warmUp, momentum) = (warmUp, configuration.momentum ?? 0)
        let target = (configuration.lr0 ?? 0) * factor(at: step)
        let accumulation = warmUp.value(at: step, from: 1, to: Double(nominalAccumulation))
        return ScheduledRates(
            learningRate: warmUp.value(at: step, from: 0, to: target),
            biasLearningRate: warmUp.value(at: step, from: configuration.warmupBiasLR ?? 0, to: target),
            momentum: warmUp.value(at: step, from: configuration.warmupMomentum, to: momentum),
            accumulation: max(1, Int(accumulation.rounded())))
    }

    private func factor(at step: Int) -> Double {
        let epoch = step / max(stepsPerEpoch, 1)
        switch configuration.schedule {
        case .constant, .linear, .cosine:
            return configuration.schedule.factor(
                at: Double(epoch) / Double(max(epochs, 1)), final: configuration.lrf)
        case .step:
            let passed = configuration.milestones.count { $0 <= epoch }
            return (0..<passed).reduce(1) { factor, _ in factor * configuration.gamma }
        case .oneCycle:
            let cycle = OneCycle(rise: configuration.rise, final: configuration.lrf)
            return cycle.factor(at: Double(step) / Double(max(epochs * stepsPerEpoch - 1, 1)))
        case .plateau: return 1
        }
    }

    /// What the rate is multiplied by after an evaluation, where the schedule waits for plateaus.
    func plateauFactor(after progress: TrainingProgress) -> Double {
        let waited = progress.epochsWithoutImprovement
        guard configuration.schedule == .plateau, waited > 0, waited % (configuration.plateauPatience + 1) == 0 else {
            return progress.plateauFactor
        }
        return max(progress.plateauFactor * configuration.gamma, configuration.lrf)
    }
}
