import ApusConfiguration
import ApusCore
import ApusDatasets
import ApusModels
import ApusTorch
import ApusTracking
import Foundation

/// One training run from its configuration to its end in the tracking store: made new, or taken up again.
public struct TrainingSession {
    public let run: Run
    public let trainer: Trainer

    /// Starts a run of `experiment`, which `path` says, on `dataset`, which is asked for when the rest is known to be sound.
    ///
    /// - Parameters:
    ///   - name: the run's; else one of the experiment's name and the time.
    ///   - tags: the run's, besides the usual ones.
    public static func start(
        _ experiment: Experiment, path: String, dataset: @autoclosure () throws -> PreparedDataset,
        store: TrackingStore, timeLimit: Duration? = nil, name: String? = nil, tags: [String: String] = [:],
        group: ProcessGroup? = nil
    ) throws -> TrainingSession {
        let model = try Configuration.decode(ModelConfiguration.self, path: experiment.model.resolved)
        if let weights = experiment.weights { _ = try Checkpoint(contentsOf: weights.resolved) }
        _ = try Compute(experiment, localRank: group?.localRank ?? 0)
        let dataset = try dataset()
        let trainer = try Trainer(experiment, model: model, dataset: dataset, timeLimit: timeLimit, group: group)
        var effective = trainer.experiment
        effective.optimizer = trainer.schedule.configuration
        effective.tune = nil
        var tags = tags
        if let group { tags[processesTag] = "\(group.size)" }
        tags[computeTag] = "\(trainer.compute)"
        let run = try store.createRun(
            in: try store.experiment(named: experiment.name), name: name ?? experiment.runName,
            tags: tags.merging([experimentTag: path]) { $1 },
            parameters: try parameters(of: effective, model: model, dataset: dataset),
            git: GitFacts.read(at: Configuration.folder(of: path)))
        let configuration = FileSystem.folder(of: "\(run.artifactPath)/\(experimentFile)")
        let stored = effective.stored(in: configuration, root: store.root)
        try run.failing {
            try run.logArtifact(text: try Configuration.encode(stored), as: experimentFile)
            try run.logArtifact(text: try Configuration.encode(model), as: modelFile)
            try run.logDataset(
                name: dataset.name, digest: dataset.id, source: absolutePath(dataset.path), sourceType: "local",
                context: "training")
            try run.logSurroundings(of: experiment, path: path)
        }
        let session = TrainingSession(run: run, trainer: trainer, model: model)
        // From here on there is something to go on from, and to roll back to.
        try run.failing { try CheckpointFolder(run.artifactPath).save(trainer, model: model, isBest: false) }
        return session
    }

    /// Takes a run up at the step after its last checkpoint, by the configuration that it was started with.
    ///
    /// - Parameters:
    ///   - extraEpochs: epochs beyond those that the run was to have. Rates follow the schedule of the longer training
    ///     from here on.
    ///   - device: instead of the run's own.
    public static func resume(
        _ run: Run, extraEpochs: Int = 0, timeLimit: Duration? = nil, group: ProcessGroup? = nil,
        device: String? = nil,
        dataset: (Experiment) throws -> PreparedDataset
    ) throws -> TrainingSession {
        let (experiment, model) = try configuration(of: run, extraEpochs: extraEpochs, device: device)
        _ = try Compute(experiment, localRank: group?.localRank ?? 0)
        let checkpoints = CheckpointFolder(run.artifactPath)
        let trainer = try Trainer(
            experiment, model: model, dataset: try dataset(experiment), timeLimit: timeLimit, group: group)
        if FileSystem.exists(checkpoints.last) { try checkpoints.restore(trainer, model: model) }
        try run.requireResumable(longer: extraEpochs > 0)
        try run.resume()
        try note(group, of: trainer, in: run)
        try noteCompute(of: trainer, in: run)
        if extraEpochs > 0 { try keep(experiment, extended: extraEpochs, in: run) }
        return TrainingSession(run: run, trainer: trainer, model: model)
    }

    /// A run's experiment, so many epochs longer, and its model.
    public static func configuration(
        of run: Run, extraEpochs: Int = 0, device: String? = nil
    ) throws -> (Experiment, ModelConfiguration) {
        let file = run.artifactPath + "/" + experimentFile
        guard FileSystem.exists(file), FileSystem.exists(run.artifactPath + "/" + modelFile) else {
            throw TrainingError.neverBegan(run: run.id)
        }
        var experiment = try Configuration.decode(Experiment.self, path: file)
        let model = try Configuration.decode(ModelConfiguration.self, path: run.artifactPath + "/" + modelFile)
        // What it started from is needed only where no epoch is done.
        if FileSystem.exists(CheckpointFolder(run.artifactPath).last) { experiment.weights = nil }
        experiment.epochs += extraEpochs
        if let device { experiment.device = device }
        return (experiment, model)
    }

    /// What a process trains that helps another one's `start`: it records nothing.
    public static func helper(
        _ experiment: Experiment, dataset: PreparedDataset, group: ProcessGroup
    ) throws -> Trainer {
        let model = try Configuration.decode(ModelConfiguration.self, path: experiment.model.resolved)
        return try Trainer(experiment, model: model, dataset: dataset, group: group)
    }

    /// What a process trains that helps another one's `resume`.
    public static func helper(
        resuming run: Run, extraEpochs: Int, group: ProcessGroup, device: String? = nil,
        dataset: (Experiment) throws -> PreparedDataset
    ) throws -> Trainer {
        let (experiment, model) = try configuration(of: run, extraEpochs: extraEpochs, device: device)
        return try Trainer(experiment, model: model, dataset: try dataset(experiment), group: group)
    }

    /// A run may go on with another number of processes; its trainer tells so.
    private static func note(_ group: ProcessGroup?, of trainer: Trainer, in run: Run) throws {
        let (before, now) = (try run.tags()[processesTag] ?? "1", "\(group?.size ?? 1)")
        guard before != now else { return }
        trainer.notes.append(
            "processes: \(before) before, \(now) from here on; the same steps and batches, sums rounded otherwise")
        try run.setTag(processesTag, now)
    }

    /// A run may go on on another device.
    private static func noteCompute(of trainer: Trainer, in run: Run) throws {
        let (before, now) = (try run.tags()[computeTag] ?? "cpu, float32", "\(trainer.compute)")
        guard before != now else { return }
        trainer.notes.append("device: \(before) before, \(now) from here on; the same steps, numbers rounded otherwise")
        try run.setTag(computeTag, now)
    }

    /// A run's parameters stay what they were; its configuration and a tag say how long it shall be.
    private static func keep(_ experiment: Experiment, extended epochs: Int, in run: Run) throws {
        let file = try Configuration.decode(Experiment.self, path: run.artifactPath + "/" + experimentFile)
        var stored = file
        stored.epochs = experiment.epochs
        try run.logArtifact(text: try Configuration.encode(stored), as: experimentFile)
        try run.setTag("apus.epochs", "\(experiment.epochs)")
    }

    private init(run: Run, trainer: Trainer, model: ModelConfiguration) {
        self.run = run
        self.trainer = trainer
        let checkpoints = CheckpointFolder(run.artifactPath)
        trainer.restoreCheckpoint = { [unowned trainer] in try checkpoints.restore(trainer, model: model) }
        trainer.add(RunRecorder(run: run, trainer: trainer, model: model))
    }

    /// Trains to the end and closes the run as finished, killed or failed.
    public func train() throws -> TrainingResult {
        try run.failing {
            let result = try run.sampling(trainer.experiment.systemMetrics) { try trainer.run() }
            try run.finish(result.ending.isUnfinished ? .killed : .finished)
            return result
        }
    }

    /// The tag that says which file a run was started from.
    static let experimentTag = "apus.experiment"
    /// The tag that says how many processes trained a run last; those of one process have none.
    static let processesTag = "apus.processes"
    /// The tag that says where a run was computed, and in what numbers.
    static let computeTag = "apus.compute"
    static let experimentFile = "config/experiment.yaml"
    static let modelFile = "config/model.yaml"

    /// The effective configuration, flattened to `optimizer.lr0` and the like.
    private static func parameters(
        of experiment: Experiment, model: ModelConfiguration, dataset: PreparedDataset
    ) throws -> [String: String] {
        var numbers = experiment
        numbers.card = nil
        let own = try Configuration.flattened(numbers)
        let architecture = try Configuration.flattened(model).map { ("model.\($0.key)", $0.value) }
        return own.merging(architecture) { $1 }.merging(["dataset.id": dataset.id]) { $1 }
    }
}

extension Experiment {
    /// Such as `garments 2026-11-22T16:54Z`.
    var runName: String {
        let time = Date.now.formatted(.iso8601.year().month().day().time(includingFractionalSeconds: false))
        return "\(name) \(time.prefix(16))Z"
    }
}

extension Run {
    /// Does `work`; where it fails, the run is closed as failed and says why.
    func failing<R>(_ work: () throws -> R) throws -> R {
        do {
            return try work()
        } catch {
            try? setTag("apus.failure", "\(error)")
            try? finish(.failed)
            throw error
        }
    }
}
