import ApusDatasets
import ApusGroupSupport
import ApusModels
import ApusTorch
import ApusTracking
import Foundation
import Testing

@testable import ApusTraining

/// Threads stand for processes here; `LaunchTests` starts real ones.
@Suite(.serialized) struct DistributedTrainerTests {
    /// Batches of 4 and a last one of 3, so that parts are uneven; two batches a step.
    private func experiment(_ workspace: TestWorkspace) -> ApusTraining.Experiment {
        var experiment = workspace.experiment(epochs: 2)
        experiment.optimizer.nominalBatchSize = 8
        experiment.optimizer.warmupEpochs = 0
        experiment.machine.threads = 1
        return experiment
    }

    /// Training magnifies what is rounded otherwise: how much is measured by one process whose weights begin a
    /// rounding beside the others'. Sums of parts may do what that does, and 1e-5 in any case. Normalizations of this
    /// network's widths run in our own kernels; LibTorch's, of other widths, round their sums over a batch ten times
    /// as coarsely where one process is alone.
    @Test func `two processes with parts of the batches learn what one does with the whole`() throws {
        let workspace = try TestWorkspace(images: 18)
        let experiment = experiment(workspace)
        let model = ModelConfiguration(width: 0.25, depth: 0.33, maxChannels: 128)
        let dataset = workspace.dataset
        let train = { @Sendable (group: ProcessGroup?, isNudged: Bool) throws -> Learned in
            let trainer = try Trainer(experiment, model: model, dataset: dataset, group: group)
            if isNudged { try Self.nudge(trainer) }
            let recorder = LossRecorder()
            trainer.add(recorder)
            _ = try trainer.run()
            return Learned(trainer, recorder)
        }
        let (alone, nudged) = (try train(nil, false), try train(nil, true))
        let both = try together(2) { try train($0, false) }
        #expect(both[0].weights == both[1].weights)
        #expect(both[0].losses == both[1].losses)
        #expect(both[0].fitness == both[1].fitness)
        #expect(both[0].evaluated.contains(true) && !both[1].evaluated.contains(true))
        let (apart, rounded) = (alone.distances(to: both[0]), alone.distances(to: nudged))
        #expect(apart.count == alone.losses.count)
        for step in apart.indices {
            let grown: Double = rounded[...step].max() ?? 0
            let allowed: Double = max(1e-5, 16 * grown)
            #expect(apart[step] <= allowed, "step \(step): \(apart[step]), by a rounding \(rounded[step])")
        }
    }

    /// Makes every other weight the next number.
    private static func nudge(_ trainer: Trainer) throws {
        var state = StateDictionary()
        for (name, tensor) in trainer.model.parameters {
            var values: [Float] = tensor.detached().elements()
            for index in stride(from: 0, to: values.count, by: 2) { values[index] = values[index].nextUp }
            state[name] = Tensor(values, shape: tensor.shape)
        }
        try trainer.model.load(state, strict: false)
    }

    /// Two batches a step: a stop that comes between them waits for the step.
    @Test(arguments: [1, 3, 4])
    func `a stopped run of two processes goes on to the bit`(_ steps: Int) throws {
        let workspace = try TestWorkspace(images: 18)
        let setting = Setting(workspace, experiment(workspace))
        let whole = try together(2) { group in try setting.train(group) { try setting.start(group) } }
        let stopped = try together(2) { group in
            try setting.train(group, steps: steps) { try setting.start(group) }
        }
        let run = try #require(stopped[0].run)
        #expect(stopped[0].learned.losses.count < whole[0].learned.losses.count)
        let resumed = try together(2) { group in
            try setting.train(group) { try setting.resume(run, group) }
        }
        for rank in 0..<2 {
            #expect(resumed[rank].learned.weights == whole[rank].learned.weights)
            #expect(stopped[rank].learned.losses + resumed[rank].learned.losses == whole[rank].learned.losses)
        }
    }

    @Test func `pieces that one process computed in count for nothing where two share a batch`() throws {
        let workspace = try TestWorkspace(images: 18)
        let setting = Setting(workspace, experiment(workspace))
        let learned = try [nil, 2].map { pieces in
            try together(2) { group in
                try setting.train(group, steps: 2) {
                    let session = try setting.start(group)
                    session.trainer.progress.pieces = pieces
                    return session
                }
            }[0].learned.losses
        }
        #expect(!learned[0].isEmpty && learned[0] == learned[1])
    }

    @Test func `a run of two processes goes on in one, which says so`() throws {
        let workspace = try TestWorkspace(images: 18)
        let setting = Setting(workspace, experiment(workspace))
        let stopped = try together(2) { group in
            try setting.train(group, steps: 2) { try setting.start(group) }
        }
        let run = try #require(stopped[0].run)
        let session = try TrainingSession.resume(run) { _ in workspace.dataset }
        #expect(session.trainer.notes.contains { $0.hasPrefix("processes: 2 before, 1 from here on") })
        #expect(try session.train().ending == .completed)
    }

    @Test(arguments: [(2, 4), (3, 1), (2, 5), (3, 16)])
    func `processes find together what one finds alone`(_ count: Int, _ batchSize: Int) throws {
        let workspace = try TestWorkspace(images: 18)
        var experiment = experiment(workspace)
        experiment.batchSize = max(batchSize, count)
        experiment.validation.confidence = 1e-6
        let found = {
            @Sendable [experiment, model = workspace.model, dataset = workspace.dataset]
            (group: ProcessGroup?) throws -> String in
            let trainer = try Trainer(experiment, model: model, dataset: dataset, group: group)
            let evaluation = try group.map { try trainer.task.evaluate(with: $0) } ?? trainer.task.evaluate()
            guard let evaluation else { return "" }
            let predictions = (evaluation as? Evaluation)?.predictions ?? []
            let isEmpty = predictions.allSatisfy(\.detections.isEmpty)
            #expect(!isEmpty)
            return "\(predictions) \(evaluation.values.sorted { $0.key < $1.key })"
        }
        let alone = try found(nil)
        let shared = try together(count) { try found($0) }
        #expect(shared[0] == alone)
        #expect(shared.dropFirst().allSatisfy { $0.isEmpty })
    }

    @Test func `a batch of fewer images than processes is refused`() throws {
        let workspace = try TestWorkspace()
        let (experiment, model, dataset) = (experiment(workspace), workspace.model, workspace.dataset)
        let errors = try together(2) { group -> TrainingError? in
            var experiment = experiment
            experiment.batchSize = 1
            return #expect(throws: TrainingError.self) {
                try Trainer(experiment, model: model, dataset: dataset, group: group)
            }
        }
        #expect(errors == [.processes(2, batchSize: 1), .processes(2, batchSize: 1)])
    }
}

/// What a process learned.
private struct Learned: Sendable {
    var losses: [LossParts]
    var fitness: Double
    var weights: [[Float]]
    var evaluated: [Bool]

    init(_ trainer: Trainer, _ recorder: LossRecorder) {
        losses = recorder.losses
        fitness = trainer.progress.bestFitness
        weights = trainer.model.stateDictionary().filter { $0.tensor.dataType == .float32 }.map {
            $0.tensor.detached().elements()
        }
        evaluated = recorder.epochs.map { $0.evaluation != nil }
    }

    /// Of each step's losses, as shares of them.
    func distances(to other: Learned) -> [Double] {
        zip(losses, other.losses).map { (own: LossParts, its: LossParts) -> Double in
            abs(own.total - its.total) / own.total
        }
    }
}

/// What all processes of a run are told.
private struct Setting: Sendable {
    let experiment: ApusTraining.Experiment
    let dataset: PreparedDataset
    let path: String

    init(_ workspace: TestWorkspace, _ experiment: ApusTraining.Experiment) {
        (self.experiment, dataset, path) = (experiment, workspace.dataset, workspace.path)
    }

    /// The main process has a session.
    enum Work {
        case session(TrainingSession)
        case helper(Trainer)

        var trainer: Trainer {
            switch self {
            case .session(let session): session.trainer
            case .helper(let trainer): trainer
            }
        }
    }

    func start(_ group: ProcessGroup) throws -> Work {
        guard group.isMain else {
            return .helper(try TrainingSession.helper(experiment, dataset: dataset, group: group))
        }
        return .session(
            try TrainingSession.start(
                experiment, path: path + "/experiments/squares.yaml", dataset: dataset,
                store: try TrackingStore(root: path + "/experiments/mlruns"), group: group))
    }

    func resume(_ run: Run, _ group: ProcessGroup) throws -> Work {
        guard group.isMain else {
            return .helper(
                try TrainingSession.helper(resuming: run, extraEpochs: 0, group: group) { _ in dataset })
        }
        return .session(try TrainingSession.resume(run, group: group) { _ in dataset })
    }

    /// - Parameter steps: the process that does not record wishes to stop after so many.
    func train(
        _ group: ProcessGroup, steps: Int? = nil, _ work: () throws -> Work
    ) throws -> (run: Run?, learned: Learned) {
        let work = try work()
        let recorder = LossRecorder()
        work.trainer.add(recorder)
        if let steps, !group.isMain { work.trainer.shouldStop = { recorder.losses.count >= steps } }
        guard case .session(let session) = work else {
            _ = try work.trainer.run()
            return (nil, Learned(work.trainer, recorder))
        }
        _ = try session.train()
        return (session.run, Learned(session.trainer, recorder))
    }
}
