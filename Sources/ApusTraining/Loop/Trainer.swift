import ApusCore
import ApusDatasets
import ApusMetrics
import ApusModels
import ApusNN
import ApusTorch

/// Trains a detector on a prepared dataset.
///
/// Everything random is a function of (seed, epoch, sample), and rates are a function of the step, so a run depends
/// neither on loader threads nor on having been interrupted.
public final class Trainer {
    public let experiment: Experiment
    public let dataset: PreparedDataset
    public let model: any Detector
    public let average: any Detector
    public private(set) var progress = TrainingProgress()

    let ema: ModelEMA
    let optimizer: any Optimizer
    private let criterion: DetectionLoss
    private let schedule: TrainingSchedule
    private let loader: DetectionLoader
    let evaluator: SplitEvaluator
    private var observers: [any TrainingObserver] = []
    /// Asked after every step: `true` ends training before the next one.
    public var shouldStop: () -> Bool = { false }

    public init(_ experiment: Experiment, model configuration: ModelConfiguration, dataset: PreparedDataset) throws {
        let classCount = dataset.classNames.count
        Torch.setThreads(experiment.machine.threads > 0 ? experiment.machine.threads : availableCores)
        self.experiment = experiment
        self.dataset = dataset
        model = try ModelRegistry.makeDetector(configuration, classCount: classCount, seed: experiment.seed)
        average = try ModelRegistry.makeDetector(configuration, classCount: classCount, seed: experiment.seed)
        criterion = experiment.loss.criterion
        (loader, evaluator) = try Trainer.loaders(experiment, dataset)
        schedule = TrainingSchedule(
            experiment.optimizer, stepsPerEpoch: loader.stepsPerEpoch, epochs: experiment.epochs,
            batchSize: experiment.batchSize)
        if let weights = experiment.weights { try model.loadWeights(from: weights.resolved) }
        ema = try ModelEMA(of: model, in: average, decay: experiment.ema.decay, tau: experiment.ema.tau)
        optimizer = experiment.optimizer.makeOptimizer(for: model, weightDecay: schedule.weightDecay)
    }

    public var stepsPerEpoch: Int { loader.stepsPerEpoch }

    public func add(_ observer: any TrainingObserver) { observers.append(observer) }

    /// Trains the epochs that are left.
    public func run() throws -> TrainingResult {
        let start = ContinuousClock.now
        try announce(.started(plan))
        var ending = TrainingResult.Ending.completed
        while progress.epoch < experiment.epochs {
            guard let report = try runEpoch(progress.epoch) else {
                ending = .interrupted
                break
            }
            try announce(.epochCompleted(report))
            if progress.epochsWithoutImprovement >= experiment.patience {
                ending = .patienceExhausted
                break
            }
        }
        let result = TrainingResult(
            ending: ending, epochsDone: progress.epoch, bestEpoch: progress.bestEpoch,
            bestFitness: progress.bestFitness, seconds: (ContinuousClock.now - start).inSeconds)
        try announce(.finished(result))
        return result
    }

    /// Continues where `progress` says; weights, average and optimizer have been restored.
    func restore(_ progress: TrainingProgress) { self.progress = progress }

    private func announce(_ event: TrainingEvent) throws {
        for observer in observers { try observer.observe(event) }
    }
}

// MARK: One epoch

extension Trainer {
    /// `nil` where training was asked to stop on the way.
    private func runEpoch(_ epoch: Int) throws -> EpochReport? {
        let start = ContinuousClock.now
        var totals = EpochTotals()
        let batches = loader.epoch(epoch, closingMosaic: epoch >= experiment.epochs - experiment.closeMosaic)
        var step = 0
        while let batch = try batches.next() {
            if epoch == 0 && step == 0 { try announce(.firstBatch(batch)) }
            let report = try train(on: batch, epoch: epoch, step: step)
            totals.add(report)
            try announce(.stepCompleted(report))
            step += 1
            if shouldStop() { return nil }
        }
        let trainSeconds = (ContinuousClock.now - start).inSeconds
        return try close(epoch, totals, trainSeconds: trainSeconds)
    }

    /// Forward, loss, finite check, backward, and the optimizer where enough has been accumulated.
    private func train(on batch: Batch, epoch: Int, step: Int) throws -> StepReport {
        let start = ContinuousClock.now
        let rates = schedule.rates(at: epoch * loader.stepsPerEpoch + step)
        let loss = try criterion(model(Tensor.pixels(of: batch)), batch.targets.map(DetectionTarget.init))
        let parts = LossParts(box: loss.box, cls: loss.classification, dfl: loss.distribution)
        guard parts.total.isFinite else { throw TrainingError.nonFiniteLoss(parts, epoch: epoch, step: step) }
        try loss.total.backward()
        progress.accumulated += 1
        let isLast = step == loader.stepsPerEpoch - 1
        if progress.accumulated >= rates.accumulation || isLast { try takeStep(rates) }
        return StepReport(
            epoch: epoch, step: step, stepsPerEpoch: loader.stepsPerEpoch, loss: parts, rates: rates,
            imageCount: batch.count, waitSeconds: batch.waitSeconds,
            computeSeconds: (ContinuousClock.now - start).inSeconds)
    }

    private func takeStep(_ rates: ScheduledRates) throws {
        for index in optimizer.groups.indices {
            let isBias = optimizer.groups[index].name == "biases"
            optimizer.groups[index].learningRate = isBias ? rates.biasLearningRate : rates.learningRate
            optimizer.groups[index].momentum = rates.momentum
        }
        let clip = experiment.optimizer.clipNorm
        try optimizer.step(maximumNorm: clip > 0 ? clip : nil)
        try ema.update()
        progress.accumulated = 0
    }

    private func close(_ epoch: Int, _ totals: EpochTotals, trainSeconds: Double) throws -> EpochReport {
        let isLast = epoch == experiment.epochs - 1
        let isDue = (epoch + 1) % experiment.validation.every == 0 || isLast
        let evaluation = isDue ? try evaluate() : nil
        progress.emaUpdates = ema.updates
        let isBest = progress.close(epoch, fitness: evaluation?.metrics.fitness)
        return EpochReport(
            epoch: epoch, epochs: experiment.epochs, loss: totals.loss, learningRate: totals.learningRate,
            imagesPerSecond: Double(totals.imageCount) / max(trainSeconds, 1e-9), waitSeconds: totals.waitSeconds,
            computeSeconds: totals.computeSeconds, validationSeconds: evaluation?.seconds ?? 0,
            peakMemoryMegabytes: peakMemoryMegabytes(), metrics: evaluation?.metrics, isBest: isBest)
    }

    /// The averaged weights on the validation split.
    public func evaluate() throws -> Evaluation { try evaluator.evaluate(DetectorPredictor(average)) }
}

// MARK: Set-up

extension Trainer {
    private var plan: TrainingPlan {
        TrainingPlan(
            parameterCount: model.parameterCount, trainImages: dataset.indices(of: .train).count,
            validationImages: dataset.indices(of: .val).count, stepsPerEpoch: loader.stepsPerEpoch,
            firstEpoch: progress.epoch, epochs: experiment.epochs, warmupSteps: schedule.warmUp.steps,
            nominalAccumulation: schedule.nominalAccumulation)
    }

    private static func loaders(
        _ experiment: Experiment, _ dataset: PreparedDataset
    ) throws -> (DetectionLoader, SplitEvaluator) {
        let (train, val) = (dataset.indices(of: .train), dataset.indices(of: .val))
        guard !train.isEmpty else { throw TrainingError.emptySplit("train", dataset: dataset.name) }
        guard !val.isEmpty else { throw TrainingError.emptySplit("val", dataset: dataset.name) }
        let machine = experiment.machine
        let loader = DetectionLoader(
            dataset: dataset, indices: train, configuration: experiment.augmentation, imageSize: experiment.imageSize,
            batchSize: experiment.batchSize, seed: experiment.seed, threads: machine.loaderThreads,
            cacheBytes: machine.cacheMegabytes << 20)
        let evaluator = SplitEvaluator(
            dataset: dataset, indices: val, imageSize: experiment.imageSize, batchSize: experiment.batchSize,
            configuration: experiment.validation, loaderThreads: machine.loaderThreads,
            cacheBytes: machine.cacheMegabytes << 18)
        return (loader, evaluator)
    }
}

extension Tensor {
    /// A loader's pixels as `[N, 3, H, W]` in 0…1.
    static func pixels(of batch: Batch) -> Tensor {
        batch.withUnsafeBytes {
            Tensor(pixels: $0, count: batch.count, height: batch.imageSize, width: batch.imageSize)
        }
    }
}

extension DetectionTarget {
    init(_ target: Target) {
        self.init(
            image: target.image, label: target.label, centerX: target.centerX, centerY: target.centerY,
            width: target.width, height: target.height)
    }
}

extension OptimizerConfiguration {
    func makeOptimizer(for model: any Detector, weightDecay: Double) -> any Optimizer {
        let groups = model.parameterGroups(learningRate: lr0, momentum: momentum, weightDecay: weightDecay)
        return switch name {
        case .sgd: SGD(groups, nesterov: nesterov)
        case .adamw: AdamW(groups, beta2: beta2)
        }
    }
}

extension DetectionMetrics {
    /// What "best" means: AP averaged over overlaps 0.50 to 0.95.
    public var fitness: Double { mAP50_95 ?? 0 }
}
