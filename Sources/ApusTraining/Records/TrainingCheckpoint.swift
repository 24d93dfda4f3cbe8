import ApusConfiguration
import ApusModels
import ApusNN
import ApusTorch
import ApusVision
import Foundation

/// What a checkpoint file says about the weights in it.
public struct CheckpointDescription: Codable, Equatable, Sendable {
    public var model: ModelConfiguration
    public var classNames: [String]
    public var imageSize: Int
    /// How the network wants channels.
    public var normalization: Normalization
    /// A classifier's: to which the shorter side of images is resized before the middle is cut out, if not to cover
    /// the input.
    public var shorterSide: Int?
    /// The points of an object, where the network finds some.
    public var keypoints: KeypointLayout?
    /// The prepared version that the weights were trained on.
    public var datasetID: String
    public var progress: TrainingProgress

    /// The epoch whose weights these are, counted from 1, as steps in the store are.
    public var trainedEpochs: Int { progress.epoch }

    init(_ trainer: Trainer, model: ModelConfiguration) {
        self.model = model
        classNames = trainer.dataset.classNames
        imageSize = trainer.experiment.imageSize
        normalization = trainer.experiment.normalization ?? model.usualNormalization
        shorterSide = trainer.experiment.classification.shorterSide(cropping: imageSize)
        keypoints = trainer.task.kind.hasKeypoints ? trainer.dataset.keypointLayout : nil
        datasetID = trainer.dataset.id
        progress = trainer.progress
    }

    fileprivate static let key = "apus"

    fileprivate init(path: String, metadata: [String: String]) throws {
        guard let text = metadata[Self.key] else {
            throw TrainingError.checkpoint(
                path: path, reason: "its metadata has no key '\(Self.key)'; Apus did not write it")
        }
        do {
            self = try JSONDecoder().decode(Self.self, from: Data(text.utf8))
        } catch {
            throw TrainingError.checkpoint(
                path: path, reason: "its metadata's '\(Self.key)' is damaged or of another version of Apus")
        }
    }

    fileprivate func metadata() throws -> [String: String] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return [Self.key: String(decoding: try encoder.encode(self), as: UTF8.self)]
    }
}

/// A run's files of weights: `last.safetensors` resumes training, `best.safetensors` holds the averaged weights to
/// evaluate and to export, under the model's own names. Both are written whole or not at all.
public struct CheckpointFolder: Sendable {
    public let path: String

    public init(_ run: String) { path = run + "/checkpoints" }

    public var last: String { path + "/last.safetensors" }
    public var best: String { path + "/best.safetensors" }

    func save(_ trainer: Trainer, model: ModelConfiguration, isBest: Bool) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let metadata = try CheckpointDescription(trainer, model: model).metadata()
        if isBest {
            try Checkpoint(tensors: trainer.average.stateDictionary(), metadata: metadata).write(to: best)
        }
        var state = StateDictionary()
        state.merge(trainer.model.stateDictionary(), prefix: "raw/")
        state.merge(trainer.average.stateDictionary(), prefix: "average/")
        state.merge(trainer.optimizer.stateDictionary(), prefix: "optimizer/")
        state.merge(trainer.model.gradients(), prefix: "gradient/")
        try Checkpoint(tensors: state, metadata: metadata).write(to: last)
    }

    /// Puts `trainer` where the run stood when this was saved, to the bit.
    func restore(_ trainer: Trainer, model: ModelConfiguration) throws {
        let checkpoint = try Checkpoint(contentsOf: last)
        let description = try CheckpointDescription(path: last, metadata: checkpoint.metadata)
        guard description.model == model, description.classNames == trainer.dataset.classNames else {
            throw TrainingError.checkpoint(path: last, reason: "it holds another model or other classes")
        }
        guard description.datasetID == trainer.dataset.id else {
            throw TrainingError.checkpoint(
                path: last, reason: "it was trained on version \(description.datasetID), found \(trainer.dataset.id)")
        }
        try trainer.model.load(checkpoint.tensors.dropping(prefix: "raw/"))
        try trainer.ema.restore(
            checkpoint.tensors.dropping(prefix: "average/"), updates: description.progress.emaUpdates)
        try trainer.optimizer.load(checkpoint.tensors.dropping(prefix: "optimizer/"))
        try trainer.model.setGradients(checkpoint.tensors.dropping(prefix: "gradient/"))
        trainer.goOn(from: description.progress)
    }
}

extension CheckpointFolder {
    /// Makes the best weights the average of a run that has ended; returns how many epochs they had learned.
    func loadBest(into trainer: Trainer) throws -> Int {
        let checkpoint = try Checkpoint(contentsOf: best)
        try trainer.average.load(checkpoint.tensors)
        return try CheckpointDescription(path: best, metadata: checkpoint.metadata).trainedEpochs
    }
}

/// A trained network and what it was trained for.
public struct TrainedNetwork {
    public let network: Module
    public let description: CheckpointDescription

    /// Reads averaged weights, such as a run's `best.safetensors`.
    public init(contentsOf path: String) throws {
        let checkpoint = try Checkpoint(contentsOf: path)
        description = try CheckpointDescription(path: path, metadata: checkpoint.metadata)
        network = try ModelRegistry.makeNetwork(
            description.model, classCount: description.classNames.count,
            keypointCount: description.keypoints?.count ?? 0, seed: 0)
        try network.load(checkpoint.tensors)
        network.setTraining(false)
    }

    /// Moves the network to a device and runs it there.
    public func predictor(on device: Device = .cpu) throws -> NetworkPredictor {
        try network.move(to: device)
        return try NetworkPredictor(network, description.normalization, on: device)
    }
}

extension Module {
    /// Starts from a file's weights; what does not fit, such as another class head, stays random.
    func start(from path: String, isStrict: Bool) throws -> WeightReport {
        let checkpoint = try Checkpoint(contentsOf: path)
        do throws(TorchError) {
            return try loadWeights(checkpoint.tensors, matching: WeightMatching(isStrict: isStrict))
        } catch {
            throw TrainingError.weights(path: path, reason: "\(error)")
        }
    }
}
