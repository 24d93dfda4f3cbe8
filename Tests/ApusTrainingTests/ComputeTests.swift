import ApusConfiguration
import ApusDatasets
import ApusModels
import Foundation
import Testing

@testable import ApusTorch
@testable import ApusTraining

/// What a run records of its steps and of what became of its memory.
private final class MemoryRecorder: TrainingObserver {
    private(set) var losses: [LossParts] = []
    private(set) var pieces: [Int] = []

    func observe(_ event: TrainingEvent) {
        switch event {
        case .stepCompleted(let report): losses.append(report.loss)
        case .memoryShort(let count, _, _, _): pieces.append(count)
        default: break
        }
    }
}

/// A trainer with its first batch, of four images.
private struct FirstStep {
    let trainer: Trainer
    let batch: DeviceBatch
    let recorder = MemoryRecorder()

    init(_ workspace: TestWorkspace) throws {
        trainer = try Trainer(workspace.experiment(epochs: 1), model: workspace.model, dataset: workspace.dataset)
        batch = try #require(try trainer.task.batches(0, from: 0, isClosing: false).next())
        trainer.add(recorder)
    }

    func learn(isStep: Bool = true) throws -> LossParts {
        try trainer.learn(from: batch, isStep: isStep)
    }

    var gradients: [[Float]] { trainer.model.parameters.compactMap { $0.tensor.gradient?.elements() } }
}

@Suite struct ComputeTests {
    private func train(
        _ workspace: TestWorkspace, _ change: (inout ApusTraining.Experiment) -> Void = { _ in }
    ) throws -> (recorder: MemoryRecorder, trainer: Trainer) {
        var experiment = workspace.experiment(epochs: 1)
        change(&experiment)
        let trainer = try Trainer(experiment, model: workspace.model, dataset: workspace.dataset)
        let recorder = MemoryRecorder()
        trainer.add(recorder)
        _ = try trainer.run()
        return (recorder, trainer)
    }

    @Test func `a run whose step finds no memory goes on in pieces, with about the whole batch's loss`() throws {
        let workspace = try TestWorkspace()
        let (whole, _) = try train(workspace)
        let (cut, trainer) = try Torch.lackingMemory(afterTensors: 100) { try train(workspace) }
        #expect(whole.pieces.isEmpty)
        #expect(cut.pieces == [2])
        #expect(trainer.progress.pieces == 2)
        #expect(cut.losses.count == whole.losses.count)
        // Normalization statistics are those of two images instead of four.
        let (a, b) = (cut.losses[0].total, whole.losses[0].total)
        #expect(abs(a - b) < 0.25 * b)
    }

    @Test func `pieces get smaller until they fit, and end at single images with what to do`() throws {
        let step = try FirstStep(try TestWorkspace())
        _ = try Torch.lackingMemory(parts: 2, afterTensors: 50) { try step.learn() }
        #expect(step.recorder.pieces == [2, 4])
        do {
            _ = try Torch.lackingMemory(afterTensors: 50) { try step.learn() }
            Issue.record("nothing was thrown")
        } catch TorchError.memory(let reason) {
            #expect(reason.contains("no memory for a tensor"))
        }
    }

    /// With statistics of its own no piece sees others: the sum is then exact.
    @Test func `in evaluation mode the pieces' losses and gradients are the whole batch's`() throws {
        let step = try FirstStep(try TestWorkspace())
        step.trainer.model.setTraining(false)
        func learn(pieces: Int) throws -> (LossParts, [[Float]]) {
            step.trainer.model.clearGradients()
            step.trainer.progress.pieces = pieces
            return (try step.learn(), step.gradients)
        }
        let (whole, cut) = (try learn(pieces: 1), try learn(pieces: 3))
        #expect(abs(whole.0.total - cut.0.total) < 1e-5 * whole.0.total)
        #expect(whole.1.count == cut.1.count)
        for (a, b) in zip(whole.1, cut.1) {
            let scale = a.reduce(Float(1e-3)) { max($0, abs($1)) }
            #expect(zip(a, b).allSatisfy { abs($0 - $1) < 1e-4 * scale })
        }
    }

    /// The first tensors are of the first piece's forward pass, the last of a later piece's backward pass.
    @Test(arguments: [0, 100, 400, 1600])
    func `a step that found no memory leaves waiting gradients and statistics as they were`(tensors: Int) throws {
        let step = try FirstStep(try TestWorkspace())
        let trainer = step.trainer
        _ = try step.learn(isStep: false)
        trainer.progress.accumulated = 1
        func state() -> [[Float]] { trainer.model.buffers.map { $0.tensor.to(.float32).elements() } + step.gradients }
        let before = state()
        // Single images already, so that nothing smaller is left to try.
        trainer.progress.pieces = step.batch.batch.count
        #expect(throws: TorchError.self) {
            try Torch.lackingMemory(afterTensors: tensors) { try step.learn(isStep: false) }
        }
        try trainer.stepGuard.restore()
        #expect(state() == before)
    }

    @Test func `what numbers of another device want is not taken over`() throws {
        let trainer = try FirstStep(try TestWorkspace()).trainer
        var progress = TrainingProgress()
        (progress.lossScale, progress.epoch) = (LossScale(), 1)
        trainer.goOn(from: progress)
        #expect(trainer.progress.lossScale == nil && trainer.progress.epoch == 1)
        #expect(Compute(device: .cuda(0), precision: .float16).newLossScale == LossScale())
    }

    @Test(.enabled(if: Device.cpu.hasBFloat16)) func `bfloat16 learns about what float32 learns`() throws {
        let workspace = try TestWorkspace()
        let (exact, _) = try train(workspace)
        let (mixed, trainer) = try train(workspace, { $0.precision = .bfloat16 })
        #expect(trainer.compute == Compute(device: .cpu, precision: .bfloat16))
        #expect(mixed.losses.count == exact.losses.count)
        let (a, b) = (mixed.losses[0].total, exact.losses[0].total)
        #expect(a != b && abs(a - b) < 0.05 * b)
        #expect(trainer.model.parameters.allSatisfy { $0.tensor.dataType == .float32 })
    }

    @Test func `devices and numbers that are not there are refused before training`() throws {
        let workspace = try TestWorkspace()
        #expect(throws: TorchError.self) { try train(workspace, { $0.precision = .float16 }) }
        #expect(throws: TrainingError.automaticBatch) { try train(workspace, { $0.batch = .auto }) }
        if !Torch.isCUDAAvailable {
            #expect(throws: TorchError.self) { try train(workspace, { $0.device = "cuda" }) }
        }
    }

    @Test func `batches that a thread brings are the loader's`() throws {
        let workspace = try TestWorkspace()
        let dataset = workspace.dataset
        let task = try TrainingTask(workspace.experiment(), model: workspace.model, dataset: dataset)
        let loader = try workspace.experiment().trainingLoader(
            .detect, dataset: dataset, indices: dataset.indices(of: .train), input: .init(square: 64), shard: .whole)
        let (plain, ahead) = (
            task.batches(0, from: 0, isClosing: false),
            DeviceBatches(loader.epoch(0, from: 0, closingMosaic: false), device: .cpu, copiesAhead: true)
        )
        var count = 0
        while let expected = try plain.next() {
            let found = try #require(try ahead.next())
            #expect(found.batch.indices == expected.batch.indices)
            #expect(found.images.rawBytes == expected.images.rawBytes)
            count += 1
        }
        #expect(count == task.stepsPerEpoch)
        #expect(try ahead.next() == nil)
        #expect(try ahead.next() == nil)
    }
}

@Suite struct LossScaleTests {
    @Test func `the factor halves where gradients overflow and doubles after long enough`() throws {
        var scale = LossScale()
        /// Whether the factor could be halved after a step whose gradients were so.
        func note(_ isFinite: Bool) -> Bool { scale.note(isFinite: isFinite) }
        #expect(note(false))
        #expect(scale.factor == 32_768)
        for _ in 0..<LossScale.patience { #expect(!note(true)) }
        #expect(scale.factor == 65_536)
        for _ in 0..<16 { #expect(note(false)) }
        #expect(scale.factor == 1)
        #expect(!note(false))
    }

    @Test func `it survives a checkpoint, and older checkpoints are read`() throws {
        var progress = TrainingProgress()
        (progress.lossScale, progress.pieces) = (LossScale(), 4)
        _ = progress.lossScale?.note(isFinite: false)
        let bytes = try JSONEncoder().encode(progress)
        #expect(try JSONDecoder().decode(TrainingProgress.self, from: bytes) == progress)
        let old = try JSONEncoder().encode(TrainingProgress())
        #expect(!String(decoding: old, as: UTF8.self).contains("pieces"))
        #expect(try JSONDecoder().decode(TrainingProgress.self, from: old) == TrainingProgress())
    }
}

@Suite struct BatchSizeTests {
    private func search(limit: Int, most: Int = 1000, fails: Int = .max) throws -> (images: Int, bytes: Int) {
        try BatchSizeSearch(limit: limit, most: most) { images in
            if images >= fails { throw TorchError.memory("none") }
            return 100 + 10 * images
        }.largest()
    }

    @Test func `the largest that fits the share is taken`() throws {
        #expect(try search(limit: 500).images == 32)
        #expect(try search(limit: 419).images == 24)
        #expect(try search(limit: 1 << 40).images == 512)
        #expect(try search(limit: 1 << 40, most: 20).images == 16)
        #expect(try search(limit: 1 << 40, fails: 12) == (8, 180))
    }

    @Test func `where nothing fits there is an error, and others pass through`() throws {
        #expect(throws: TorchError.self) { try search(limit: 50) }
        #expect(throws: TorchError.state("x")) {
            try BatchSizeSearch(limit: 1, most: 1) { _ in throw TorchError.state("x") }.largest()
        }
    }

    @Test func `an experiment says a number or auto`() throws {
        func decoded(_ text: String) throws -> ApusTraining.Experiment {
            try Configuration.decode(
                ApusTraining.Experiment.self, text: "name: a\nmodel: m\ndataset: d\n" + text, name: "e.yaml",
                folder: "/project")
        }
        #expect(try decoded("batch_size: 8").batchSize == 8)
        #expect(try decoded("batch_size: auto").batch == .auto)
        #expect(try decoded("device: cuda:1\nprecision: bfloat16\ncuda: {tf32: true}").cuda.tf32)
        for text in ["batch_size: 0", "batch_size: none", "batch_size: 1.5", "device: gpu", "precision: half"] {
            #expect(throws: ConfigurationError.self, "\(text)") { try decoded(text) }
        }
        let text = try Configuration.encode(try decoded("batch_size: auto"))
        #expect(text.contains("batch_size: auto"))
    }
}
