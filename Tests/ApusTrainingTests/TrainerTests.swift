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
        return (
            recorder.losses,
            trainer.average.stateDictionary().filter { $0.tensor.dataType == .float32 }.map { $0.tensor.elements() }
        )
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

    /// It first rises, while the assignment finds its boxes; what is learned shows against its highest epoch.
    @Test func `the loss falls from its peak`() throws {
        let workspace = try TestWorkspace()
        var experiment = workspace.experiment(epochs: 30)
        experiment.augmentation = .none
        experiment.optimizer.name = .adamw
        experiment.optimizer.lr0 = 0.005
        experiment.optimizer.warmupBiasLR = 0
        experiment.validation.every = 30
        let trainer = try Trainer(experiment, model: workspace.model, dataset: workspace.dataset)
        let recorder = LossRecorder()
        trainer.add(recorder)
        _ = try trainer.run()
        let losses = recorder.epochs.map(\.loss.total)
        let (peak, last) = (losses.max() ?? 0, losses.last ?? .infinity)
        #expect(last < 0.5 * peak)
    }

    @Test func `a best metric that the task does not have is refused before the first step`() throws {
        let workspace = try TestWorkspace()
        var experiment = workspace.experiment(epochs: 1)
        experiment.validation.best = "AP/blue"
        _ = try Trainer(experiment, model: workspace.model, dataset: workspace.dataset)
        experiment.validation.best = "mask/mAP50"
        #expect(throws: TrainingError.self) {
            try Trainer(experiment, model: workspace.model, dataset: workspace.dataset)
        }
    }

    @Test func `what an evaluation measures upwards can make an epoch the best`() throws {
        let workspace = try TestWorkspace()
        let trainer = try Trainer(workspace.experiment(epochs: 1), model: workspace.model, dataset: workspace.dataset)
        let downwards = { (name: String) in name == "ECE" || name.hasPrefix("dAP-") }
        let measured = Set(try trainer.evaluate().values.keys.filter { !downwards($0) })
        #expect(!measured.isEmpty && measured.isSubset(of: trainer.task.fitnessNames))
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
