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
    public static func start(
        _ experiment: Experiment, path: String, dataset: @autoclosure () throws -> PreparedDataset, store: TrackingStore
    ) throws -> TrainingSession {
        let model = try Configuration.decode(ModelConfiguration.self, path: experiment.model.resolved)
        if let weights = experiment.weights { _ = try Checkpoint(contentsOf: weights.resolved) }
        let dataset = try dataset()
        let trainer = try Trainer(experiment, model: model, dataset: dataset)
        let run = try store.createRun(
            in: try store.experiment(named: experiment.name), name: runName(experiment),
            tags: ["apus.experiment": path],
            parameters: try parameters(of: experiment, model: model, dataset: dataset),
            git: GitFacts.read(at: Configuration.folder(of: path)))
        let configuration = FileSystem.folder(of: "\(run.artifactPath)/\(experimentFile)")
        let stored = experiment.stored(in: configuration, root: store.root)
        try run.failing {
            try run.logArtifact(text: try Configuration.encode(stored), as: experimentFile)
            try run.logArtifact(text: try Configuration.encode(model), as: modelFile)
            try run.logDataset(
                name: dataset.name, digest: dataset.id, source: absolutePath(dataset.path), sourceType: "local",
                context: "training")
        }
        return TrainingSession(run: run, trainer: trainer, model: model)
    }

    /// Takes a run up after its last whole epoch, by the configuration that it was started with.
    public static func resume(_ run: Run, dataset: (Experiment) throws -> PreparedDataset) throws -> TrainingSession {
        var experiment = try Configuration.decode(Experiment.self, path: run.artifactPath + "/" + experimentFile)
        let model = try Configuration.decode(ModelConfiguration.self, path: run.artifactPath + "/" + modelFile)
        let checkpoints = CheckpointFolder(run.artifactPath)
        let hasCheckpoint = FileSystem.exists(checkpoints.last)
        // What it started from is needed only where no epoch is done.
        if hasCheckpoint { experiment.weights = nil }
        let trainer = try Trainer(experiment, model: model, dataset: try dataset(experiment))
        if hasCheckpoint { try checkpoints.restore(trainer, model: model) }
        try run.requireResumable()
        try run.resume()
        return TrainingSession(run: run, trainer: trainer, model: model)
    }

    private init(run: Run, trainer: Trainer, model: ModelConfiguration) {
        self.run = run
        self.trainer = trainer
        trainer.add(RunRecorder(run: run, trainer: trainer, model: model))
    }

    /// Trains to the end and closes the run as finished, killed or failed.
    public func train() throws -> TrainingResult {
        try run.failing {
            let result = try trainer.run()
            try run.finish(result.ending == .interrupted ? .killed : .finished)
            return result
        }
    }

    /// Such as `garments 2026-11-22T16:54Z`.
    private static func runName(_ experiment: Experiment) -> String {
        let time = Date.now.formatted(.iso8601.year().month().day().time(includingFractionalSeconds: false))
        return "\(experiment.name) \(time.prefix(16))Z"
    }

    private static let experimentFile = "config/experiment.yaml"
    private static let modelFile = "config/model.yaml"

    /// The effective configuration, flattened to `optimizer.lr0` and the like.
    private static func parameters(
        of experiment: Experiment, model: ModelConfiguration, dataset: PreparedDataset
    ) throws -> [String: String] {
        let own = try Configuration.flattened(experiment)
        let architecture = try Configuration.flattened(model).map { ("model.\($0.key)", $0.value) }
        return own.merging(architecture) { $1 }.merging(["dataset.id": dataset.id]) { $1 }
    }
}

extension Run {
    /// Does `work`; where it fails, the run is closed as failed and says why.
    fileprivate func failing<R>(_ work: () throws -> R) throws -> R {
        do {
            return try work()
        } catch {
            try? setTag("apus.failure", "\(error)")
            try? finish(.failed)
            throw error
        }
    }
}
