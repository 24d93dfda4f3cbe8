import ApusDatasets
import ApusModels
import ApusNN
import ApusTorch
import ApusVision

/// Training of a network of any task. What differs by task is in `NetworkLoss`, the loaders and the evaluators.
final class NetworkTask: TrainingTask {
    let kind: ModelTask
    let model, average: Module
    let trainImages, validationImages: Int
    private let loss: (Batch) throws -> LossValue
    private let loader: BatchLoader
    private let evaluator: SplitEvaluator
    private let classes: [AnnotationClass]
    private let normalization: Normalization

    init(_ experiment: Experiment, model configuration: ModelConfiguration, dataset: PreparedDataset) throws {
        let kind = try configuration.knownTask()
        self.kind = kind
        classes = dataset.classes
        let build = { () throws -> NetworkLoss in
            try NetworkLoss(kind, configuration, experiment: experiment, dataset: dataset)
        }
        let (learner, averaged) = (try build(), try build())
        (model, average, loss) = (learner.network, averaged.network, learner.callAsFunction)
        let (train, val) = try dataset.trainingIndices()
        (trainImages, validationImages) = (train.count, val.count)
        let input = configuration.inputSize(imageSize: experiment.imageSize)
        loader = try experiment.trainingLoader(kind, dataset: dataset, indices: train, input: input)
        normalization = experiment.normalization ?? configuration.usualNormalization
        evaluator = try SplitEvaluator(
            kind, dataset: dataset, indices: val, settings: experiment.evaluationSettings,
            configuration: experiment.validation, cropFraction: experiment.classification.cropFraction, input: input)
    }

    var lossNames: [String] {
        switch kind {
        case .classify: ["cls"]
        case .segment: ["box", "seg", "cls", "dfl"]
        case .pose: ["box", "pose", "kobj", "cls", "dfl"]
        case .keypoints: ["x", "y"]
        case .detect, .obb: ["box", "cls", "dfl"]
        }
    }

    var metricNames: [String] {
        switch kind {
        case .classify: ["top5", "top1"]
        case .segment: ["mAP50-95", "mask/mAP50-95"]
        case .pose, .keypoints: ["mAP50-95", "pose/mAP50-95"]
        case .detect, .obb: ["mAP50", "mAP50-95"]
        }
    }

    var plottedNames: [String] { metricNames + (kind == .classify ? ["balanced_accuracy"] : ["precision", "recall"]) }
    var stepsPerEpoch: Int { loader.stepsPerEpoch }

    func batches(_ epoch: Int, from step: Int, isClosing: Bool) -> LoaderEpoch {
        loader.epoch(epoch, from: step, closingMosaic: isClosing)
    }

    func loss(of batch: Batch) throws -> TaskLoss {
        let value = try loss(batch)
        return TaskLoss(total: value.total, parts: LossParts(value.parts))
    }

    func evaluate() throws -> any TaskEvaluation {
        try evaluator.evaluate(try NetworkPredictor(average, normalization))
    }

    func picture(of batch: Batch) -> Image {
        Image.grid(Array(batch.drawings(classes: classes).prefix(16)), columns: 4)
    }
}

extension PreparedDataset {
    /// The images to learn from and those to validate with; neither is empty.
    func trainingIndices() throws -> (train: [Int], val: [Int]) {
        let (train, val) = (indices(of: .train), indices(of: .val))
        guard !train.isEmpty else { throw TrainingError.emptySplit("train", dataset: name) }
        guard !val.isEmpty else { throw TrainingError.emptySplit("val", dataset: name) }
        return (train, val)
    }
}
