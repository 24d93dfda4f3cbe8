import ApusTorch
import Testing
@testable import ApusTraining

@Suite(.serialized) struct TrainerTests {
    private func train(
        _ workspace: TestWorkspace, _ experiment: ApusTraining.Experiment
    ) throws -> (losses: [LossParts], weights: [[Float]]) {
        let trainer = try Trainer(experiment, model: workspace.model, dataset: workspace.dataset)
        let recorder = LossRecorder()
        trainer.add(recorder)
        _ = try trainer.run()
        return (recorder.losses, trainer.average.stateDictionary().filter { $0.tensor.dataType == .float32 }.map { $0.tensor.elements() })
    }

    @Test func `one seed gives one result, with one and with two loader threads`() throws {
        let workspace = try TestWorkspace()
        let one = try train(workspace, workspace.experiment(loaderThreads: 1))
        let two = try train(workspace, workspace.experiment(loaderThreads: 2))
        #expect(!one.losses.isEmpty)
        #expect(one.losses == two.losses)
        #expect(one.weights == two.weights)
    }

    @Test func `another seed gives another result`() throws {
        let workspace = try TestWorkspace()
        var other = workspace.experiment(epochs: 1)
        other.seed = 1
        #expect(try train(workspace, workspace.experiment(epochs: 1)).losses != train(workspace, other).losses)
    }

    @Test func `training finds the squares of images it was not shown`() throws {
        let workspace = try TestWorkspace(images: 40)
        var experiment = workspace.experiment(epochs: 30)
        experiment.augmentation.mosaic = 0
        experiment.augmentation.hsvHue = 0
        experiment.optimizer.name = .adamw
        experiment.optimizer.lr0 = 0.005
        experiment.optimizer.warmupBiasLR = 0
        experiment.ema.tau = 20
        experiment.validation.every = 30
        let trainer = try Trainer(experiment, model: workspace.model, dataset: workspace.dataset)
        let before = try trainer.evaluate().metrics.mAP50 ?? 0
        _ = try trainer.run()
        let after = try trainer.evaluate().metrics.mAP50 ?? 0
        #expect(before < 0.1)
        #expect(after > 0.5)
    }

    @Test func `a loss that is not finite stops training and is named`() throws {
        let workspace = try TestWorkspace()
        var experiment = workspace.experiment(epochs: 30)
        experiment.optimizer.lr0 = 1e30
        experiment.optimizer.warmupEpochs = 0
        experiment.optimizer.clipNorm = 0
        experiment.validation.every = 30
        let trainer = try Trainer(experiment, model: workspace.model, dataset: workspace.dataset)
        #expect(throws: TrainingError.self) { try trainer.run() }
    }
}
