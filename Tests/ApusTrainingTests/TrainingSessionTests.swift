import ApusConfiguration
import ApusCore
import ApusTorch
import ApusTracking
import Testing
@testable import ApusTraining

@Suite(.serialized) struct TrainingSessionTests {
    private func start(_ workspace: TestWorkspace, _ experiment: ApusTraining.Experiment) throws -> TrainingSession {
        try TrainingSession.start(
            experiment, path: workspace.path + "/experiments/squares.yaml", dataset: workspace.dataset,
            store: try workspace.store())
    }

    private func best(_ run: Run) throws -> [UInt8] { try FileSystem.read(CheckpointFolder(run.artifactPath).last) }

    @Test func `a run records its numbers, pictures and checkpoints`() throws {
        let workspace = try TestWorkspace()
        let session = try start(workspace, workspace.experiment())
        let result = try session.train()
        #expect(result.ending == .completed)
        #expect(try session.run.status() == .finished)
        #expect(try session.run.parameters()["optimizer.lr0"] == "0.01")
        #expect(try session.run.history(of: "train/box_loss").count == 2)
        #expect(try session.run.history(of: "val/precision").count <= 2)
        let artifacts = try session.run.artifacts()
        for name in [
            "checkpoints/last.safetensors", "checkpoints/best.safetensors", "config/experiment.yaml",
            "plots/losses.png",
            "pictures/train_batch.jpg", "evaluation/val/metrics.json", "evaluation/val/predictions.jpg",
        ] {
            #expect(artifacts.contains(name), "\(name) is missing")
        }
    }

    /// Stops after so many steps in all.
    private func stop(_ trainer: Trainer, after limit: Int) {
        var steps = 0
        trainer.shouldStop = {
            steps += 1
            return steps == limit
        }
    }

    /// Gradients of two batches are summed, so that some stops leave one waiting; every second batch a checkpoint.
    private func accumulating(_ workspace: TestWorkspace, epochs: Int) -> ApusTraining.Experiment {
        var experiment = workspace.experiment(epochs: epochs)
        (experiment.batchSize, experiment.optimizer.nominalBatchSize) = (2, 4)
        experiment.optimizer.name = .adamw
        return experiment
    }

    @Test(arguments: zip([1, 4, 7, 9], [2, 1, 2, 1]))
    func `stopping at any step and resuming gives the uninterrupted run's losses and weights`(
        steps: Int, threads: Int
    ) throws {
        let workspace = try TestWorkspace()
        try compare(accumulating(workspace, epochs: 3), in: workspace, stoppedAfter: steps, loaderThreads: threads)
    }

    /// Dropout and stochastic depth are drawn anew in every step.
    @Test func `what a network drops at random is the same after a stop`() throws {
        let workspace = try TestWorkspace(classifier: "efficientnet_b0")
        try compare(workspace.experiment(), in: workspace, stoppedAfter: 1, loaderThreads: 2)
    }

    private func compare(
        _ experiment: ApusTraining.Experiment, in workspace: TestWorkspace, stoppedAfter steps: Int,
        loaderThreads: Int
    ) throws {
        let whole = try start(workspace, experiment)
        let losses = LossRecorder()
        whole.trainer.add(losses)
        _ = try whole.train()

        var again = experiment
        again.machine.loaderThreads = loaderThreads
        let broken = try start(workspace, again)
        stop(broken.trainer, after: steps)
        let before = LossRecorder()
        broken.trainer.add(before)
        #expect(try broken.train().ending == .interrupted)
        #expect(try broken.run.status() == .killed)
        let resumed = try TrainingSession.resume(broken.run) { _ in workspace.dataset }
        let after = LossRecorder()
        resumed.trainer.add(after)
        _ = try resumed.train()
        #expect(before.losses.count == steps)
        #expect(before.losses + after.losses == losses.losses)
        #expect(after.epochs.last?.loss == losses.epochs.last?.loss)
        #expect(try tensors(whole.run) == tensors(resumed.run))
        #expect(try resumed.run.status() == .finished)
    }

    /// Everything that the last checkpoint of a run holds.
    private func tensors(_ run: Run) throws -> [String: [UInt8]] {
        try Checkpoint(contentsOf: CheckpointFolder(run.artifactPath).last).tensors.reduce(into: [:]) {
            $0[$1.name] = $1.tensor.rawBytes
        }
    }

    @Test func `a crash loses what came after the last checkpoint, and nothing else`() throws {
        let workspace = try TestWorkspace()
        var experiment = accumulating(workspace, epochs: 2)
        experiment.checkpoint.everySteps = 1
        let whole = try start(workspace, experiment)
        _ = try whole.train()
        let broken = try start(workspace, experiment)
        broken.trainer.add(Crash(step: 2))
        #expect(throws: Crash.Failure.self) { try broken.train() }
        #expect(try broken.run.status() == .failed)
        let resumed = try TrainingSession.resume(broken.run) { _ in workspace.dataset }
        #expect(resumed.trainer.progress.step == 2)
        _ = try resumed.train()
        #expect(try tensors(whole.run) == tensors(resumed.run))
    }

    @Test func `an epoch that comes again after a crash is logged once`() throws {
        let workspace = try TestWorkspace()
        let session = try start(workspace, workspace.experiment(epochs: 2))
        stop(session.trainer, after: session.trainer.stepsPerEpoch + 1)
        _ = try session.train()
        let last = CheckpointFolder(session.run.artifactPath).last
        let early = try FileSystem.read(last)
        _ = try TrainingSession.resume(session.run) { _ in workspace.dataset }.train()
        let weights = try best(session.run)
        // As if the metrics of epoch 2 had been written, and its checkpoint had not.
        try FileSystem.writeWhole(early, to: last)
        try session.run.finish(.killed)
        _ = try TrainingSession.resume(session.run) { _ in workspace.dataset }.train()
        #expect(try best(session.run) == weights)
        for key in ["train/box_loss", "val/mAP50-95", "best/mAP50-95"] {
            let steps = try session.run.history(of: key).map(\.step)
            #expect(steps == Array(Set(steps)).sorted(), "\(key): \(steps)")
        }
    }

    @Test func `a store that takes nothing for a while ends no training and loses no value`() throws {
        let workspace = try TestWorkspace()
        let session = try start(workspace, workspace.experiment(epochs: 3))
        let obstacle = Obstacle(session.run.artifactPath + "/../metrics")
        session.trainer.add(obstacle)
        #expect(try session.train().ending == .completed)
        #expect(obstacle.failures.count == 1)
        #expect(try session.run.history(of: "train/box_loss").map(\.step) == [1, 2, 3])
        #expect(try session.run.history(of: "val/mAP50").count == 3)
    }

    @Test func `a run that ended before it began says so`() throws {
        let workspace = try TestWorkspace()
        let store = try workspace.store()
        let run = try store.createRun(in: try store.experiment(named: "squares"), name: "early")
        #expect(throws: TrainingError.neverBegan(run: run.id)) {
            try TrainingSession.resume(run) { _ in workspace.dataset }
        }
    }

    @Test func `a run may be given more epochs`() throws {
        let workspace = try TestWorkspace()
        let session = try start(workspace, workspace.experiment(epochs: 1))
        _ = try session.train()
        let resumed = try TrainingSession.resume(session.run, extraEpochs: 2) { _ in workspace.dataset }
        #expect(try resumed.train().epochsDone == 3)
        #expect(try session.run.history(of: "train/box_loss").count == 3)
        let kept = try Configuration.decode(
            ApusTraining.Experiment.self, path: session.run.artifactPath + "/config/experiment.yaml")
        #expect(kept.epochs == 3)
        #expect(throws: (any Error).self) { try TrainingSession.resume(session.run) { _ in workspace.dataset } }
    }

    @Test func `a time limit ends training as an interruption does`() throws {
        let workspace = try TestWorkspace()
        let session = try TrainingSession.start(
            workspace.experiment(epochs: 50), path: workspace.path + "/experiments/squares.yaml",
            dataset: workspace.dataset, store: try workspace.store(), timeLimit: .milliseconds(1))
        #expect(try session.train().ending == .timeLimit)
        #expect(session.trainer.progress.step == 1)
        #expect(try session.run.status() == .killed)
    }

    @Test func `losses that are not finite lead back to the checkpoint, with half the rates`() throws {
        let workspace = try TestWorkspace()
        let session = try start(workspace, workspace.experiment(epochs: 2))
        let poison = Poison(session.trainer, atStep: 1)
        session.trainer.add(poison)
        #expect(try session.train().ending == .completed)
        #expect(poison.factors == [0.5])
        #expect(
            session.trainer.average.parameters.allSatisfy { $0.tensor.elements(of: Float.self).allSatisfy(\.isFinite) })
    }

    @Test func `a checkpoint of another model is refused`() throws {
        let workspace = try TestWorkspace()
        let session = try start(workspace, workspace.experiment(epochs: 1))
        _ = try session.train()
        let model = session.run.artifactPath + "/config/model.yaml"
        try FileSystem.writeWhole("architecture: v8-detect\nwidth: 0.25\ndepth: 0.33\n", to: model)
        #expect(throws: TrainingError.self) { try TrainingSession.resume(session.run) { _ in workspace.dataset } }
    }

    @Test func `a checkpoint that was cut is refused`() throws {
        let workspace = try TestWorkspace()
        let session = try start(workspace, workspace.experiment(epochs: 1))
        _ = try session.train()
        let path = CheckpointFolder(session.run.artifactPath).best
        let bytes = try FileSystem.read(path)
        for length in [0, 7, 100, bytes.count / 2, bytes.count - 1] {
            try FileSystem.writeWhole(Array(bytes[..<length]), to: path)
            #expect(throws: (any Error).self) { try TrainedNetwork(contentsOf: path) }
        }
    }
}
