import ApusDatasets
import ApusModels
import ApusNN
import ApusTorch
import Foundation

extension Trainer {
    /// Whether this process records and decides.
    var isMain: Bool { group?.isMain ?? true }

    /// Makes every process what the main one is: weights, average, optimizer, progress. Gradients that one process
    /// alone left to wait for a step stay the main one's.
    func synchronize() throws {
        guard let group else { return }
        try group.barrier()
        let optimizerState = optimizer.stateDictionary()
        for state in [model.stateDictionary(), average.stateDictionary(), optimizerState] {
            for (_, tensor) in state { try group.broadcast(tensor) }
        }
        try optimizer.load(optimizerState)
        let bytes = try group.broadcast(isMain ? Array(try JSONEncoder().encode(progress)) : [])
        if isMain { return }
        progress = try JSONDecoder().decode(TrainingProgress.self, from: Data(bytes))
        try ema.restore(average.stateDictionary(), updates: progress.emaUpdates)
        model.clearGradients()
    }

    /// A batch's loss; where processes share the batch, `parts` are the whole batch's.
    func sharedLoss(of batch: DeviceBatch) throws -> LossValue {
        guard let group else { return try task.loss(of: batch) }
        var loss = try group.sharingBatch { try task.loss(of: batch) }
        let sums = try group.sum(loss.parts.map(\.value))
        loss.parts = zip(loss.parts, sums).map { ($0.name, $1) }
        return loss
    }

    /// What any process wishes; without others, what this one does.
    func agreed(_ wishes: [Bool]) throws -> [Bool] { try group?.any(wishes) ?? wishes }

    /// The averaged weights on the validation split. Where processes train together this is for the main one, while it
    /// tells its observers that training has finished; the others compute their batches.
    public func evaluate() throws -> any TaskEvaluation {
        guard let group else { return try task.evaluate() }
        _ = try group.sum([1])
        for (_, tensor) in average.stateDictionary() { try group.broadcast(tensor) }
        guard let evaluation = try task.evaluate(with: group) else {
            preconditionFailure("the main process evaluates")
        }
        return evaluation
    }

    /// Tells the end to the observers; the others help the main process's to evaluate until they are done.
    func finish(_ result: TrainingResult) throws {
        if let group, !isMain {
            while try group.sum([0])[0] > 0 {
                for (_, tensor) in average.stateDictionary() { try group.broadcast(tensor) }
                _ = try task.evaluate(with: group)
            }
        }
        try announce(.finished(result))
        if isMain { _ = try group?.sum([0]) }
    }

    /// The averaged weights on the validation split, each process computing its batches; the evaluation itself is the
    /// main process's, its fitness every process's.
    func sharedEvaluation() throws -> (evaluation: (any TaskEvaluation)?, fitness: Double) {
        guard let group else {
            let evaluation = try task.evaluate()
            return (evaluation, fitness(of: evaluation))
        }
        let evaluation = try task.evaluate(with: group)
        let own = evaluation.map(fitness) ?? 0
        return (evaluation, try group.sum([own])[0])
    }
}
