import ApusDatasets
import ApusModels
import ApusNN
import ApusTorch
import ApusVision

/// What a network learns: its batches, its loss, and how it is measured. What differs by task is in `NetworkLoss`, the
/// loaders and the evaluators.
public final class TrainingTask {
    public let kind: ModelTask
    /// The network that learns, and one of the same build for its average.
    public let model, average: Module
    public let trainImages, validationImages: Int
    private let criterion: NetworkLoss
    private let loader: BatchLoader
    private let evaluator: SplitEvaluator
    private let classes: [AnnotationClass]
    private let normalization: Normalization
    private let compute: Compute

    init(
        _ experiment: Experiment, model configuration: ModelConfiguration, dataset: PreparedDataset,
        compute: Compute = .cpu, group: ProcessGroup? = nil
    ) throws {
        self.compute = compute
        let kind = try configuration.knownTask()
        self.kind = kind
        classes = dataset.classes
        criterion = try NetworkLoss(kind, configuration, experiment: experiment, dataset: dataset)
        model = criterion.network
        average = try ModelRegistry.makeNetwork(
            configuration, classCount: dataset.classNames.count, keypointCount: dataset.keypointLayout?.count ?? 0,
            seed: experiment.seed)
        for network in [model, average] { try network.move(to: compute.device) }
        let (train, val) = try dataset.trainingIndices()
        (trainImages, validationImages) = (train.count, val.count)
        let input = configuration.inputSize(imageSize: experiment.imageSize)
        loader = try experiment.trainingLoader(
            kind, dataset: dataset, indices: train, input: input, shard: group?.shard ?? .whole)
        normalization = experiment.normalization ?? configuration.usualNormalization
        evaluator = try SplitEvaluator(
            kind, dataset: dataset, indices: val,
            settings: experiment.evaluationSettings(group.map { $0.isMain ? .whole : $0.shard } ?? .whole),
            configuration: experiment.validation,
            shorterSide: experiment.classification.shorterSide(cropping: experiment.imageSize), input: input)
    }

    /// The names of the loss's parts, in their order.
    public var lossNames: [String] {
        switch kind {
        case .classify: ["cls"]
        case .segment: ["box", "seg", "cls", "dfl"]
        case .pose: ["box", "pose", "kobj", "cls", "dfl"]
        case .keypoints: ["x", "y"]
        case .detect, .obb: ["box", "cls", "dfl"]
        }
    }

    /// The metrics that a line an epoch shows.
    public var metricNames: [String] {
        switch kind {
        case .classify: ["top5", "top1"]
        case .segment: ["mAP50-95", "mask/mAP50-95"]
        case .pose: ["mAP50-95", "pose/mAP50-95"]
        case .keypoints: ["pose/PCK-0.1", "pose/mAP50-95"]
        case .detect, .obb: ["mAP50", "mAP50-95"]
        }
    }

    /// The metrics whose curves are drawn.
    public var plottedNames: [String] {
        metricNames
            + (kind == .classify ? ["balanced_accuracy"] : kind == .keypoints ? ["pose/AR"] : ["precision", "recall"])
    }

    /// The metrics by which an epoch can be the best.
    var fitnessNames: [String] {
        kind.fitnessNames(
            classes: classes.map(\.name), points: classes.first { !$0.keypoints.isEmpty }?.keypoints ?? [])
    }

    /// Batches an epoch.
    public var stepsPerEpoch: Int { loader.stepsPerEpoch }

    /// The batches of an epoch from `step` on. `isClosing`: without mosaic, as in the last epochs.
    func batches(_ epoch: Int, from step: Int, isClosing: Bool) -> DeviceBatches {
        DeviceBatches(loader.epoch(epoch, from: step, closingMosaic: isClosing), device: compute.device)
    }

    func loss(of batch: DeviceBatch) throws -> LossValue {
        try compute.precision.whileCasting(on: compute.device) { try criterion(batch) }
    }

    /// The averaged weights on the validation split.
    func evaluate() throws -> any TaskEvaluation {
        try evaluator.evaluate(try NetworkPredictor(average, normalization, on: compute.device))
    }

    /// The averaged weights on the validation split, whose batches the group's processes compute in turn; `nil` in all
    /// but the main process.
    func evaluate(with group: ProcessGroup) throws -> (any TaskEvaluation)? {
        let predictor = try NetworkPredictor(average, normalization, on: compute.device)
        if group.isMain { return try evaluator.evaluate(SharedPredictor(predictor, group)) }
        try evaluator.assist(predictor, group)
        return nil
    }

    /// The first images of a training batch with what is known of them.
    public func picture(of batch: Batch) -> Image {
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
