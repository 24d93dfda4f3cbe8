import ApusCore
import ApusDatasets
import ApusModels
import ApusTorch
import ApusTracking
import ApusVision
import Foundation
@testable import ApusTraining

/// A workspace in a temporary folder with a small dataset of coloured squares; gone when the test is done.
final class TestWorkspace {
    let path = NSTemporaryDirectory() + "apus-training-\(UUID().uuidString)"
    let dataset: PreparedDataset

    init(images: Int = 12) throws {
        let data = path + "/datasets/squares"
        for index in 0..<images { try TestWorkspace.writeSquares(index, to: data + "/raw") }
        try FileSystem.writeWhole(
            """
            path: .
            train: images
            names: [red, blue]
            """, to: data + "/raw/data.yaml")
        try FileSystem.writeWhole(
            """
            name: squares
            source: {format: yolo, path: raw}
            classes: [red, blue]
            splits: {method: random, train: 0.6, val: 0.4, test: 0.0}
            """, to: data + "/dataset.yaml")
        dataset = try DatasetPreparation.run(descriptionPath: data + "/dataset.yaml").dataset
        try FileSystem.createFolder(path + "/models")
        try FileSystem.writeWhole(
            "architecture: v8-detect\nwidth: 0.125\ndepth: 0.33\nmaxChannels: 128\n", to: path + "/models/tiny.yaml")
        try FileSystem.createFolder(path + "/experiments")
    }

    /// Images of one colour each, to be told apart by a network of this architecture.
    init(classifier architecture: String, images: Int = 12) throws {
        let data = path + "/datasets/squares"
        for index in 0..<images {
            let (folder, color) =
                index % 2 == 0 ? ("red", [UInt8(90 + index), 10, 10]) : ("blue", [10, 10, UInt8(90 + index)])
            try FileSystem.createFolder("\(data)/raw/\(folder)")
            try FileSystem.writeWhole(
                Image(width: 40, height: 40, color: color).pngData(), to: "\(data)/raw/\(folder)/\(index).png")
        }
        try FileSystem.writeWhole(
            """
            name: squares
            source: {format: folders, path: raw}
            splits: {method: random, train: 0.7, val: 0.3, test: 0.0}
            """, to: data + "/dataset.yaml")
        dataset = try DatasetPreparation.run(descriptionPath: data + "/dataset.yaml").dataset
        try FileSystem.createFolder(path + "/models")
        try FileSystem.writeWhole("architecture: \(architecture)\n", to: path + "/models/tiny.yaml")
        try FileSystem.createFolder(path + "/experiments")
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var model: ModelConfiguration { ModelConfiguration(width: 0.125, depth: 0.33, maxChannels: 128) }

    /// Few steps on small images, with every augmentation of the recipe on.
    func experiment(epochs: Int = 2, loaderThreads: Int = 1) -> ApusTraining.Experiment {
        var experiment = ApusTraining.Experiment()
        experiment.name = "squares"
        experiment.model = .init("models/tiny.yaml", relativeTo: path)
        experiment.dataset = .init("datasets/squares/dataset.yaml", relativeTo: path)
        experiment.imageSize = 64
        experiment.epochs = epochs
        experiment.batchSize = 4
        experiment.optimizer.nominalBatchSize = 4
        experiment.optimizer.warmupMinimumSteps = 2
        experiment.closeMosaic = 1
        experiment.device = "cpu"
        experiment.machine.threads = 2
        experiment.machine.loaderThreads = loaderThreads
        return experiment
    }

    func store() throws -> TrackingStore { try TrackingStore(root: path + "/experiments/mlruns") }

    private static func writeSquares(_ index: Int, to folder: String) throws {
        var stream = RandomStream(seed: 99, sample: index)
        var image = Image(width: 80, height: 60, color: [UInt8](repeating: UInt8(40 + index * 5), count: 3))
        var rows: [String] = []
        for label in 0..<2 {
            let (x, y) = (Int.random(in: 0..<60, using: &stream), Int.random(in: 0..<40, using: &stream))
            for row in y..<y + 20 {
                for column in x..<x + 20 { image.pixels[(row * 80 + column) * 3 + label * 2] = 250 }
            }
            rows.append("\(label) \((Double(x) + 10) / 80) \((Double(y) + 10) / 60) 0.25 \(20.0 / 60)")
        }
        try FileSystem.createFolder(folder + "/images")
        try FileSystem.createFolder(folder + "/labels")
        try FileSystem.writeWhole(image.pngData(), to: "\(folder)/images/\(index).png")
        try FileSystem.writeWhole(rows.joined(separator: "\n"), to: "\(folder)/labels/\(index).txt")
    }
}

/// Keeps every step's loss.
final class LossRecorder: TrainingObserver {
    private(set) var losses: [LossParts] = []
    private(set) var epochs: [EpochReport] = []

    func observe(_ event: TrainingEvent) {
        switch event {
        case .stepCompleted(let report): losses.append(report.loss)
        case .epochCompleted(let report): epochs.append(report)
        default: break
        }
    }
}

/// Fails once a checkpoint of the step is written.
final class Crash: TrainingObserver {
    struct Failure: Error {}
    private let step: Int
    private var checkpoints = 0

    init(step: Int) { self.step = step }

    func observe(_ event: TrainingEvent) throws {
        guard case .checkpointDue = event else { return }
        checkpoints += 1
        if checkpoints == step { throw Failure() }
    }
}

/// Takes the folder of a run's metrics away until the second epoch begins, so that nothing can be written.
final class Obstacle: TrainingObserver {
    private let path: String
    private(set) var failures: [String] = []

    init(_ path: String) { self.path = path }

    func observe(_ event: TrainingEvent) throws {
        switch event {
        case .firstBatch: try FileManager.default.moveItem(atPath: path, toPath: path + ".away")
        case .notRecorded(let reason): failures.append(reason)
        case .stepCompleted(let report) where report.epoch == 1 && report.step == 0:
            try FileManager.default.moveItem(atPath: path + ".away", toPath: path)
        default: break
        }
    }
}

/// Makes a weight NaN after a step, once.
final class Poison: TrainingObserver {
    private unowned let trainer: Trainer
    private var stepsLeft: Int
    private(set) var factors: [Double] = []

    init(_ trainer: Trainer, atStep step: Int) { (self.trainer, stepsLeft) = (trainer, step) }

    func observe(_ event: TrainingEvent) throws {
        if case .rolledBack(_, _, _, let factor) = event { factors.append(factor) }
        guard case .stepCompleted = event else { return }
        stepsLeft -= 1
        guard stepsLeft == 0, let weight = trainer.model.parameters.first?.tensor else { return }
        weight.assign(Tensor.full(weight.shape, .nan))
    }
}

extension Tensor {
    var rawBytes: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count * dataType.size)
        bytes.withUnsafeMutableBytes(copy(to:))
        return bytes
    }
}
