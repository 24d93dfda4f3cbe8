import ApusDatasets
import ApusModels
import ApusNN
import ApusTorch

extension Trainer {
    /// Adds the gradients of a batch's loss to those that wait, where the loss is finite; its parts.
    ///
    /// A batch that finds no memory is computed again in twice as many pieces, and so are those after it: the loss stays
    /// the whole batch's, normalizations see one piece at a time. Where processes share a batch, it ends the training.
    func learn(from batch: DeviceBatch, isStep: Bool) throws -> LossParts {
        guard group == nil else {
            return try Torch.watchingMemory { () throws -> LossParts in try parts(of: batch, isStep: isStep) }
        }
        while true {
            try stepGuard.begin(keepingGradients: progress.accumulated > 0)
            do {
                let found = try Torch.watchingMemory { () throws -> LossParts in try parts(of: batch, isStep: isStep) }
                try stepGuard.joinGradients()
                return found
            } catch TorchError.memory(let reason) where pieces < batch.batch.count {
                try cutSmaller(batch, reason)
            }
        }
    }

    /// Processes that share a batch compute their parts whole, also where a run goes on that was in pieces alone.
    private var pieces: Int { group == nil ? progress.pieces ?? 1 : 1 }

    private func cutSmaller(_ batch: DeviceBatch, _ reason: String) throws {
        try stepGuard.restore()
        Torch.emptyCache()
        progress.pieces = min(2 * pieces, batch.batch.count)
        try announce(.memoryShort(pieces: pieces, epoch: progress.epoch, step: progress.step, reason: reason))
    }

    private func parts(of batch: DeviceBatch, isStep: Bool) throws -> LossParts {
        let ranges = batch.batch.ranges(pieces)
        if ranges.count > 1 { return try parts(of: batch, in: ranges) }
        beginDropouts(batch.batch.globalFirst)
        let loss = try sharedLoss(of: batch)
        let parts = LossParts(loss.parts)
        guard parts.total.isFinite else { return parts }
        if isStep { reducer?.arm() }
        try scaled(loss).backward()
        return parts
    }

    /// Counts what the loss is a mean over in a first pass, then adds up the pieces' losses and gradients.
    private func parts(of batch: DeviceBatch, in ranges: [Range<Int>]) throws -> LossParts {
        for (index, range) in ranges.enumerated() {
            let piece = index == 0 ? Piece.firstCount : .count
            try withoutGradients { _ = try loss(of: batch, range, as: piece) }
        }
        try stepGuard.restoreBuffers()
        var sum = LossParts()
        for range in ranges {
            let loss = try loss(of: batch, range, as: .loss)
            sum = sum + LossParts(loss.parts)
            guard sum.total.isFinite else { break }
            try scaled(loss).backward()
        }
        return sum
    }

    private func loss(of batch: DeviceBatch, _ range: Range<Int>, as piece: Piece) throws -> LossValue {
        beginDropouts(batch.batch.globalFirst + range.lowerBound)
        return try piece.computing { try task.loss(of: batch.part(range)) }
    }

    private func beginDropouts(_ firstSample: Int) {
        let step = progress.epoch * stepsPerEpoch + progress.step
        for dropout in dropouts { dropout.begin(step: step, firstSample: firstSample) }
    }

    private func scaled(_ loss: LossValue) -> Tensor {
        progress.lossScale.map { loss.total * $0.factor } ?? loss.total
    }
}
