import ApusCore
import ApusDatasets
import ApusModels
import ApusNN
import ApusTorch

/// Trains a network on a prepared dataset.
///
/// Everything random is a function of (seed, epoch, sample), and rates are a function of the step and of what
/// `progress` says, so a run depends neither on loader threads nor on having been interrupted.
public final class Trainer {
    public let experiment: Experiment
    public let dataset: PreparedDataset
    public let task: TrainingTask
    /// Where it trains, and in what numbers.
    public let compute: Compute
    public internal(set) var progress = TrainingProgress()

    let ema: ModelEMA
    let optimizer: any Optimizer
    let schedule: TrainingSchedule
    /// The processes that train together, where this is not the only one.
    let group: ProcessGroup?
    let reducer: GradientReducer?
    /// What was chosen for the user, in lines.
    var notes: [String]
    let dropouts: [Dropout]
    var stepGuard: StepGuard
    /// What became of each tensor of the weights that training starts from.
    public private(set) var weightReport: WeightReport?
    private var observers: [any TrainingObserver] = []
    private var checkpointTimer: CheckpointTimer
    /// Whether a checkpoint is due that waits for the end of an accumulation.
    private var owesCheckpoint = false
    private let clock = ContinuousClock()
    private let deadline: ContinuousClock.Instant?
    /// Why training ends before it is done.
    private var stop: TrainingResult.Ending?
    /// Asked after every step: `true` ends training before the next one.
    public var shouldStop: () -> Bool = { false }
    /// Asked about every epoch before it is recorded: `true` ends training with it, as worse than others.
    public var shouldPrune: (EpochReport) throws -> Bool = { _ in false }
    /// Puts everything back where the last checkpoint was; `nil` where there is none.
    var restoreCheckpoint: (() throws -> Void)?

    /// - Parameters:
    ///   - timeLimit: after so long training stops as if it were interrupted.
    ///   - group: the processes that train this model together, each its part of every batch.
    public init(
        _ experiment: Experiment, model configuration: ModelConfiguration, dataset: PreparedDataset,
        timeLimit: Duration? = nil, group: ProcessGroup? = nil
    ) throws {
        let cores = max(availableCores / (group?.localSize ?? 1), 1)
        Torch.setThreads(experiment.machine.threads > 0 ? experiment.machine.threads : cores)
        let compute = try Compute(experiment, localRank: group?.localRank ?? 0)
        var notes = compute.notes(for: experiment)
        let experiment = try experiment.withBatchSize(
            model: configuration, dataset: dataset, compute: compute, group: group, notes: &notes)
        if let group, experiment.batchSize < group.size {
            throw TrainingError.processes(group.size, batchSize: experiment.batchSize)
        }
        self.group = group
        self.compute = compute
        self.experiment = experiment
        self.dataset = dataset
        task = try TrainingTask(
            experiment, model: configuration, dataset: dataset, compute: compute, group: group)
        if let best = experiment.validation.best, !task.fitnessNames.contains(best) {
            throw TrainingError.unknownMetric(best, known: task.fitnessNames)
        }
        let chosen = experiment.optimizer.chosen(
            steps: task.stepsPerEpoch * experiment.epochs, classCount: dataset.classNames.count)
        notes += chosen.notes
        schedule = TrainingSchedule(
            chosen.configuration, stepsPerEpoch: task.stepsPerEpoch, epochs: experiment.epochs,
            batchSize: experiment.batchSize)
        if let weights = experiment.weights {
            let report = try task.model.start(from: weights.resolved, isStrict: experiment.strictWeights)
            weightReport = report
            notes.append("weights \(weights.resolved): \(report)")
        }
        try task.model.freeze(experiment.freeze)
        self.notes = notes
        stepGuard = StepGuard(task.model)
        progress.lossScale = compute.newLossScale
        dropouts = task.model.modules().compactMap { $0.module as? Dropout }
        ema = try ModelEMA(of: task.model, in: task.average, decay: experiment.ema.decay, tau: experiment.ema.tau)
        optimizer = try schedule.configuration.makeOptimizer(
            for: task.model, weightDecay: schedule.weightDecay,
            layerRates: LayerRates(rules: experiment.layerRates, layerDecay: experiment.layerDecay))
        let learning = task.model.parameters.map(\.tensor).filter(\.requiresGradient)
        reducer = try group.map { try GradientReducer($0, parameters: learning) }
        checkpointTimer = CheckpointTimer(experiment.checkpoint)
        deadline = timeLimit.map { ContinuousClock.now + $0 }
    }

    /// The network that learns, and its average.
    public var model: Module { task.model }
    public var average: Module { task.average }
    public var stepsPerEpoch: Int { task.stepsPerEpoch }

    public func add(_ observer: any TrainingObserver) { observers.append(observer) }

    /// Where training goes on that may have begun on another device, in other numbers.
    func goOn(from progress: TrainingProgress) {
        self.progress = progress
        self.progress.lossScale = compute.newLossScale.map { progress.lossScale ?? $0 }
    }

    /// Trains what is left.
    public func run() throws -> TrainingResult {
        let start = clock.now
        try synchronize()
        try announce(.started(plan))
        var ending = TrainingResult.Ending.completed
        while progress.epoch < experiment.epochs {
            if progress.epochsWithoutImprovement >= experiment.patience {
                ending = .patienceExhausted
                break
            }
            let report = try runEpoch()
            if let stop {
                ending = stop
                break
            }
            guard let report else { continue }
            let isPruned = try agreed([try shouldPrune(report)])[0]
            try announce(.epochCompleted(report))
            if isPruned {
                ending = .pruned
                break
            }
        }
        let result = TrainingResult(
            ending: ending, epochsDone: progress.epoch, bestEpoch: progress.bestEpoch, fitnessName: fitnessName,
            bestFitness: progress.bestFitness, seconds: (clock.now - start).seconds)
        try finish(result)
        return result
    }

    var fitnessName: String { experiment.validation.best ?? task.metricNames.last ?? "" }

    func announce(_ event: TrainingEvent) throws {
        for observer in observers { try observer.observe(event) }
    }

    private var plan: TrainingPlan {
        TrainingPlan(
            task: task.kind.rawValue, lossNames: task.lossNames, metricNames: task.metricNames,
            parameterCount: model.parameterCount, frozenCount: model.frozenCount, trainImages: task.trainImages,
            validationImages: task.validationImages, stepsPerEpoch: stepsPerEpoch, firstEpoch: progress.epoch,
            firstStep: progress.step, epochs: experiment.epochs, warmupSteps: schedule.warmUp.steps,
            nominalAccumulation: schedule.nominalAccumulation, notes: notes)
    }
}

// MARK: One epoch

extension Trainer {
    /// The rest of the epoch under way; `nil` where training was asked to stop on the way.
    private func runEpoch() throws -> EpochReport? {
        let epoch = progress.epoch
        let isClosing = epoch >= experiment.epochs - experiment.closeMosaic
        let batches = task.batches(epoch, from: progress.step, isClosing: isClosing)
        var start = clock.now
        while let batch = try batches.next() {
            if epoch == 0 && progress.step == 0 { try announce(.firstBatch(batch.batch)) }
            let report = try train(on: batch)
            if progress.skippedInARow >= Self.tolerableSkips {
                try rollBack(report)
                return try runEpoch()
            }
            progress.step += 1
            let now = clock.now
            progress.totals.add(report, seconds: (now - start).seconds)
            start = now
            try announce(.stepCompleted(report))
            try keep(afterStep: now)
            if stop != nil { return nil }
        }
        return try close(epoch)
    }

    /// Writes a checkpoint where one is due or training shall stop. Where each process has gradients of its own that
    /// wait for the optimizer, that is after its next step.
    private func keep(afterStep now: ContinuousClock.Instant) throws {
        owesCheckpoint = checkpointTimer.isDue(afterStep: now) || owesCheckpoint
        guard group == nil || progress.accumulated == 0 else { return }
        let wishes = try agreed([
            shouldStop(), isMain && deadline.map { $0 <= now } ?? false, isMain && owesCheckpoint,
        ])
        if wishes[0] { stop = .interrupted }
        if wishes[1] { stop = .timeLimit }
        guard wishes.contains(true) else { return }
        owesCheckpoint = false
        try announce(.checkpointDue)
    }

    /// Forward, loss, finite check, backward, and the optimizer where enough has been accumulated.
    private func train(on batch: DeviceBatch) throws -> StepReport {
        let start = clock.now
        let rates = self.rates
        let isLast = progress.step == stepsPerEpoch - 1
        let isStep = progress.accumulated + 1 >= rates.accumulation || isLast
        let parts = try learn(from: batch, isStep: isStep)
        var (isFinite, isOverflow) = (parts.total.isFinite, false)
        if isFinite {
            progress.accumulated += 1
            if isStep { (isFinite, isOverflow) = try takeStep(rates) }
        }
        if isFinite { progress.skippedInARow = 0 } else if !isOverflow { try skip() }
        return StepReport(
            epoch: progress.epoch, step: progress.step, stepsPerEpoch: stepsPerEpoch, loss: parts, rates: rates,
            imageCount: batch.batch.globalCount, waitSeconds: batch.waitSeconds,
            computeSeconds: (clock.now - start).seconds, isSkipped: !isFinite)
    }

    private var rates: ScheduledRates {
        var rates = schedule.rates(at: progress.epoch * stepsPerEpoch + progress.step)
        rates.learningRate *= progress.rateFactor * progress.plateauFactor
        rates.biasLearningRate *= progress.rateFactor * progress.plateauFactor
        return rates
    }

    /// Whether the gradients were finite; where they were not, nothing moved, perhaps only because float16 holds no
    /// larger numbers.
    private func takeStep(_ rates: ScheduledRates) throws -> (isFinite: Bool, isOverflow: Bool) {
        try reducer?.finish()
        if let scale = progress.lossScale {
            try TrainingSteps.scaleGradients(model.parameters.map(\.tensor), by: 1 / scale.factor)
        }
        for index in optimizer.groups.indices { optimizer.groups[index].take(rates) }
        let clip = schedule.configuration.clipNorm
        let norm = try optimizer.step(maximumNorm: clip > 0 ? clip : nil)
        progress.accumulated = 0
        let isOverflow = progress.lossScale?.note(isFinite: norm.isFinite) ?? false
        guard norm.isFinite else { return (false, isOverflow) }
        try ema.update()
        progress.emaUpdates = ema.updates
        return (true, false)
    }

    private func close(_ epoch: Int) throws -> EpochReport {
        let totals = progress.totals
        let isLast = epoch == experiment.epochs - 1
        let isDue = (epoch + 1) % experiment.validation.every == 0 || isLast
        let measured = isDue ? try sharedEvaluation() : nil
        let evaluation = measured?.evaluation
        let isBest = progress.close(epoch, fitness: measured?.fitness)
        if isDue { progress.plateauFactor = schedule.plateauFactor(after: progress) }
        checkpointTimer.restart()
        owesCheckpoint = false
        return EpochReport(
            epoch: epoch, epochs: experiment.epochs, loss: totals.loss, learningRate: totals.learningRate,
            imagesPerSecond: Double(totals.imageCount) / max(totals.seconds, 1e-9), waitSeconds: totals.waitSeconds,
            computeSeconds: totals.computeSeconds, validationSeconds: evaluation?.seconds ?? 0,
            peakMemoryMegabytes: peakMemoryMegabytes(),
            gpuPeakMegabytes: Double(compute.device.peakBytes) / 1_048_576, evaluation: evaluation, isBest: isBest)
    }

    /// A metric that a split does not define, such as the precision of a class without boxes, is the worst there is.
    func fitness(of evaluation: any TaskEvaluation) -> Double { evaluation.values[fitnessName] ?? 0 }
}

// MARK: What is not finite

extension Trainer {
    /// Steps in a row that may be skipped.
    static let tolerableSkips = 3
    /// Roll-backs that a run may need.
    static let tolerableRollBacks = 3

    /// Forgets a step: its gradients, and the batch statistics that its forward pass may have spoiled.
    private func skip() throws {
        model.clearGradients()
        progress.accumulated = 0
        progress.skippedInARow += 1
        try model.copyBuffers(from: average)
    }

    /// Goes back to the last checkpoint with half the rates.
    private func rollBack(_ report: StepReport) throws {
        let (rollBacks, factor) = (progress.rollBacks + 1, progress.rateFactor / 2)
        guard restoreCheckpoint != nil || !isMain, rollBacks <= Self.tolerableRollBacks else {
            throw TrainingError.nonFiniteLoss(report.loss, epoch: report.epoch, step: report.step)
        }
        try restoreCheckpoint?()
        try synchronize()
        (progress.rollBacks, progress.rateFactor, progress.skippedInARow) = (rollBacks, factor, 0)
        try announce(.rolledBack(report.loss, epoch: report.epoch, step: report.step, rateFactor: factor))
    }
}
