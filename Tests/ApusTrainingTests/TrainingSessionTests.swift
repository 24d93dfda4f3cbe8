import ApusConfiguration
import ApusCore
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

    @Test func `stopping in an epoch and resuming gives the uninterrupted run's weights`() throws {
        let workspace = try TestWorkspace()
        let whole = try start(workspace, workspace.experiment(epochs: 3))
        _ = try whole.train()

        let broken = try start(workspace, workspace.experiment(epochs: 3))
        var steps = 0
        broken.trainer.shouldStop = {
            steps += 1
            return steps == broken.trainer.stepsPerEpoch + 1
        }
        #expect(try broken.train().ending == .interrupted)
        #expect(try broken.run.status() == .killed)
        let resumed = try TrainingSession.resume(broken.run) { _ in workspace.dataset }
        #expect(resumed.trainer.progress.epoch == 1)
        _ = try resumed.train()
        #expect(try best(whole.run) == best(resumed.run))
        #expect(try resumed.run.status() == .finished)
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
            #expect(throws: (any Error).self) { try TrainedDetector(contentsOf: path) }
        }
    }
}
