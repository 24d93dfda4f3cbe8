import ApusDatasets
import ApusModels
import ApusTorch

extension Experiment {
    /// The same with a number of images a batch: its own, or as many as a GPU's memory allows.
    func withBatchSize(
        model: ModelConfiguration, dataset: PreparedDataset, compute: Compute, group: ProcessGroup?,
        notes: inout [String]
    ) throws -> Experiment {
        guard batch == .auto else { return self }
        guard group == nil else { throw TrainingError.automaticBatch }
        let search = try BatchSizeSearch(self, model: model, dataset: dataset, compute: compute)
        let found = try search.largest()
        notes.append(
            "batch_size auto: \(found.images) images, whose step holds \(found.bytes >> 20) of "
                + "\(search.limit >> 20) MB (\(Int(BatchSizeSearch.share * 100)) % of the free memory)")
        var result = self
        result.batch = .images(found.images)
        return result
    }
}

/// The largest batch of a ladder that fits a GPU, by trial.
struct BatchSizeSearch {
    static let ladder = [1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512]
    /// The part of the free memory that a step may take: steps differ, and others use the GPU too.
    static let share = 0.8

    /// The most bytes that a step may hold.
    let limit: Int
    /// Larger batches than this make no sense.
    let most: Int
    /// The bytes that a trial step with so many images held.
    let measure: (Int) throws -> Int

    /// The batch, and the bytes that its step held.
    ///
    /// - Throws: `TorchError.memory` where not even one image fits.
    func largest() throws -> (images: Int, bytes: Int) {
        var best: (images: Int, bytes: Int)?
        for images in Self.ladder where images <= most {
            guard let bytes = try held(by: images), bytes <= limit else { break }
            best = (images, bytes)
        }
        guard let best else { throw TorchError.memory("a step with one image does not fit \(limit >> 20) MB") }
        return best
    }

    /// `nil` where there is no memory for the step.
    private func held(by images: Int) throws -> Int? {
        do {
            return try measure(images)
        } catch TorchError.memory {
            return nil
        }
    }
}

extension BatchSizeSearch {
    /// Trial steps of an experiment's own network on its own images.
    init(
        _ experiment: Experiment, model configuration: ModelConfiguration, dataset: PreparedDataset, compute: Compute
    ) throws {
        let device = compute.device
        guard let memory = device.memory else { throw TrainingError.automaticBatch }
        limit = Int(Double(memory.free) * Self.share)
        most = dataset.indices(of: .train).count
        measure = { images in
            var trial = experiment
            trial.batch = .images(images)
            device.restartPeak()
            let before = device.peakBytes
            var parameters = 0
            try Torch.watchingMemory {
                let task = try TrainingTask(trial, model: configuration, dataset: dataset, compute: compute)
                parameters = task.model.parameterCount
                guard let batch = try task.batches(0, from: 0, isClosing: false).next() else { return }
                try task.loss(of: batch).total.backward()
                try device.synchronize()
            }
            // An optimizer keeps up to two numbers beside each parameter.
            return device.peakBytes - before + 2 * 4 * parameters
        }
    }
}
