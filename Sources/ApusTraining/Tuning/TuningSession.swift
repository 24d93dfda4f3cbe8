import ApusConfiguration
import ApusCore
import ApusDatasets
import ApusModels
import ApusTorch
import ApusTracking
import ApusTuning

/// What a search tells while it goes.
public enum TuningEvent {
    case started(Trial, TrainingSession)
    case ended(Trial, isBest: Bool)
}

/// One search from its ranges to its best configuration: a run in the tracking store, and a nested run for every trial.
///
/// Trials are written down before they begin and when they have ended, so that a search that was killed goes on with
/// the trial that was under way, by that trial's own exact resume.
public final class TuningSession {
    public let run: Run
    public let plan: TuningPlan
    /// How many trials there shall be.
    public let trialCount: Int
    public private(set) var trials: [Trial]
    /// Asked after every step: `true` ends the search, to be resumed.
    public var shouldStop: () -> Bool = { false }
    public var report: (TuningEvent) -> Void = { _ in }

    private let dataset: PreparedDataset
    private let store: TrackingStore
    private let source: String
    private let search: Search
    private var journal: TuningJournal { TuningJournal(run: run) }
    /// Trials that were under way when the search was broken off: they may have runs.
    private var takenUp: Set<Int>

    /// Starts a search as the experiment file at `path` says.
    ///
    /// - Parameter trials: how many, instead of the file's number.
    public static func start(
        path: String, overrides: [String] = [], trials: Int? = nil, store: TrackingStore,
        dataset: (Experiment) throws -> PreparedDataset
    ) throws -> TuningSession {
        let plan = try TuningPlan(path: path, overrides: overrides)
        let count = try checked(trials ?? plan.tuning.trials)
        _ = try Configuration.decode(ModelConfiguration.self, path: plan.base.model.resolved)
        let dataset = try dataset(plan.base)
        let run = try store.createRun(
            in: try store.experiment(named: plan.base.name), name: plan.base.runName + " search",
            tags: [TrainingSession.experimentTag: path, countTag: "\(count)"],
            parameters: try parameters(of: plan, dataset: dataset),
            git: GitFacts.read(at: Configuration.folder(of: path)))
        let file = "\(run.artifactPath)/\(TrainingSession.experimentFile)"
        let stored = plan.stored(in: FileSystem.folder(of: file), root: store.root)
        return try run.failing {
            try run.logArtifact(text: try Configuration.encode(stored), as: TrainingSession.experimentFile)
            try run.logDataset(
                name: dataset.name, digest: dataset.id, source: absolutePath(dataset.path), sourceType: "local",
                context: "training")
            try run.logSurroundings(of: plan.base, path: path)
            try TuningJournal(run: run).write([])
            return try TuningSession(run, trials: [], count: count, source: path, dataset: dataset, store: store)
        }
    }

    /// Takes a search up where it was broken off.
    ///
    /// - Parameter trials: how many there shall be in all, instead of what was asked for before.
    public static func resume(
        _ run: Run, trials: Int? = nil, store: TrackingStore, dataset: (Experiment) throws -> PreparedDataset
    ) throws -> TuningSession {
        let known = try TuningJournal(run: run).read()
        let tags = try run.tags()
        let asked = tags[countTag].flatMap { Int($0) } ?? known.count
        let count = try checked(trials ?? asked)
        try run.requireResumable(longer: count > known.count)
        let plan = try TuningPlan(path: run.artifactPath + "/" + TrainingSession.experimentFile)
        let dataset = try dataset(plan.base)
        let expected = try run.parameters()["dataset.id"] ?? dataset.id
        guard expected == dataset.id else { throw TuningError.otherDataset(found: dataset.id, expected: expected) }
        let session = try TuningSession(
            run, trials: known, count: count, source: tags[TrainingSession.experimentTag] ?? "", dataset: dataset,
            store: store)
        try run.resume()
        try run.setTag(countTag, "\(count)")
        return session
    }

    private init(
        _ run: Run, trials: [Trial], count: Int, source: String, dataset: PreparedDataset, store: TrackingStore
    ) throws {
        plan = try TuningPlan(path: run.artifactPath + "/" + TrainingSession.experimentFile)
        search = plan.search
        (self.run, self.trials, self.source, self.dataset, self.store) = (run, trials, source, dataset, store)
        trialCount = max(count, trials.count)
        takenUp = Set(trials.filter { !$0.isFinished }.map(\.number))
    }

    private static let countTag = "apus.tune.trials"

    private static func checked(_ count: Int) throws -> Int {
        guard TuningConfiguration.trialCounts.contains(count) else { throw TuningError.trials(count) }
        return count
    }

    private static func parameters(of plan: TuningPlan, dataset: PreparedDataset) throws -> [String: String] {
        try Configuration.flattened(plan.base).merging(["dataset.id": dataset.id]) { $1 }
    }
}

// MARK: The search

extension TuningSession {
    /// Tries what is left and closes the run as finished, killed or failed.
    ///
    /// - Returns: whether all trials were made; `false` where the search was asked to stop.
    public func carryOut() throws -> Bool {
        try run.failing {
            while let number = try nextTrial() {
                guard try attempt(number) else {
                    try run.finish(.killed)
                    return false
                }
            }
            try publish()
            guard trials.best != nil else {
                throw TuningError.nothingSucceeded(trials: trials.count, last: trials.last?.failure ?? "no measurement")
            }
            try run.finish()
            return true
        }
    }

    /// The best configuration as a file.
    public var tunedPath: String { run.artifactPath + "/" + TuningJournal.tunedFile }

    /// The trial that is under way, else a new one; `nil` at the end.
    private func nextTrial() throws -> Int? {
        if let open = trials.firstIndex(where: { !$0.isFinished }) { return open }
        let number = trials.count
        guard number < trialCount, let values = search.proposal(number, after: trials) else { return nil }
        trials.append(Trial(number: number, values: values))
        try journal.write(trials)
        return number
    }

    /// `false` where the search was asked to stop.
    private func attempt(_ number: Int) throws -> Bool {
        do {
            guard try train(number) else { return false }
        } catch  where Self.isOfTrial(error) {
            (trials[number].state, trials[number].failure) = (.failed, "\(error)")
        }
        try publish()
        report(.ended(trials[number], isBest: trials.best?.number == number))
        return true
    }

    /// What the values of a trial may bring about, rather than the machine or the data.
    private static func isOfTrial(_ error: any Error) -> Bool {
        if case TrainingError.nonFiniteLoss = error { return true }
        if let error = error as? ConfigurationError { return error.kind != .unreadable }
        return error is TorchError || error is ModelError
    }

    private func publish() throws {
        try journal.write(trials)
        let best = try trials.best.map { try plan.experiment(with: $0.values) }
        try journal.publish(trials, tuned: best?.stored(in: run.artifactPath, root: store.root))
    }
}

// MARK: One trial

extension TuningSession {
    private static let trialTag = "apus.tune.trial"
    private static let stateTag = "apus.tune.state"
    /// A nested run's metric with what the search sees.
    private static let valueKey = "tune/value"

    private func train(_ number: Int) throws -> Bool {
        let known = takenUp.remove(number) == nil ? nil : try nestedRun(of: number)
        if let known {
            try readMeasurements(of: number, from: known)
            if try known.status() == .finished {
                try close(number, as: .complete, in: known)
                return true
            }
            if plan.tuning.medianPruner?.stops(trials[number], among: trials) == true {
                try known.finish(.killed)
                try close(number, as: .pruned, in: known)
                return true
            }
        }
        let session = try known.map { run in try TrainingSession.resume(run) { _ in dataset } } ?? started(number)
        return try train(number, in: session)
    }

    private func train(_ number: Int, in session: TrainingSession) throws -> Bool {
        let trainer = session.trainer
        trials[number].run = session.run.id
        trainer.shouldStop = shouldStop
        trainer.shouldPrune = { [unowned self, unowned trainer] epoch in
            try note(epoch, of: number, trainer: trainer, in: session.run)
        }
        report(.started(trials[number], session))
        let result: TrainingResult
        do {
            result = try session.train()
        } catch  where Self.isOfTrial(error) {
            try session.run.setTag(Self.stateTag, Trial.State.failed.rawValue)
            throw error
        }
        switch result.ending {
        case .interrupted, .timeLimit: return false
        case .completed, .patienceExhausted: try close(number, as: .complete, in: session.run)
        case .pruned: try close(number, as: .pruned, in: session.run)
        }
        return true
    }

    private func started(_ number: Int) throws -> TrainingSession {
        try TrainingSession.start(
            try plan.experiment(with: trials[number].values), path: source, dataset: dataset, store: store,
            name: "\(plan.base.name) trial \(number + 1)",
            tags: [RunTag.parentRun: run.id, Self.trialTag: "\(number + 1)"])
    }

    private func close(_ number: Int, as state: Trial.State, in run: Run) throws {
        try run.setTag(Self.stateTag, state.rawValue)
        (trials[number].state, trials[number].run) = (state, run.id)
    }

    /// Keeps an epoch's value; `true` where the trial shall end with it.
    private func note(_ epoch: EpochReport, of number: Int, trainer: Trainer, in run: Run) throws -> Bool {
        guard let evaluation = epoch.evaluation else { return false }
        let name = plan.tuning.metric ?? trainer.fitnessName
        let value = evaluation.values[name]
        guard value != nil || trainer.task.metricNames.contains(name) else {
            throw TuningError.unknownMetric(name, known: evaluation.values.keys.sorted())
        }
        // A metric that a split does not define is the worst there is, as it is to the trainer.
        let measured = value.flatMap { $0.isFinite ? $0 : nil } ?? 0
        try run.log(metrics: [Self.valueKey: measured], step: epoch.epoch + 1)
        trials[number].note(epoch.epoch + 1, measured)
        guard epoch.epoch + 1 < epoch.epochs else { return false }
        return plan.tuning.medianPruner?.stops(trials[number], among: trials) ?? false
    }

    private func readMeasurements(of number: Int, from run: Run) throws {
        for point in try run.history(of: Self.valueKey) { trials[number].note(Int(point.step), point.value) }
    }

    /// The run of a trial that was under way, if it came so far as to know what it was to do.
    private func nestedRun(of number: Int) throws -> Run? {
        let candidates = store.searchRuns { [run] summary in
            summary.tags[RunTag.parentRun] == run.id && summary.tags[Self.trialTag] == "\(number + 1)"
        }
        return try candidates.lazy.map { try store.run(id: $0.id) }.first { run in
            [TrainingSession.experimentFile, TrainingSession.modelFile].allSatisfy {
                FileSystem.exists(run.artifactPath + "/" + $0)
            }
        }
    }
}

extension Trial {
    /// An epoch that is done again after a crash counts once.
    fileprivate mutating func note(_ epoch: Int, _ value: Double) {
        measurements.removeAll { $0.epoch == epoch }
        measurements.append(Measurement(epoch: epoch, value: value))
    }
}
