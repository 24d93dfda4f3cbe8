import ApusDatasets
import ApusModels
import ApusNN
import ApusTorch
import ApusTracking
import ApusVision

/// Boxes and classes: v8-style detectors.
final class DetectionTask: TrainingTask {
    let lossNames = ["box", "cls", "dfl"]
    let metricNames = ["mAP50", "mAP50-95"]
    let plottedNames = ["mAP50", "mAP50-95", "precision", "recall"]
    let trainImages, validationImages: Int
    private let detector, averaged: any Detector
    private let criterion: DetectionLoss
    private let loader: DetectionLoader
    private let evaluator: SplitEvaluator
    private let classNames: [String]

    init(_ experiment: Experiment, model configuration: ModelConfiguration, dataset: PreparedDataset) throws {
        classNames = dataset.classNames
        let build = { () throws(ModelError) in
            try ModelRegistry.makeDetector(configuration, classCount: dataset.classNames.count, seed: experiment.seed)
        }
        (detector, averaged) = (try build(), try build())
        criterion = experiment.loss.criterion
        let (train, val) = try dataset.trainingIndices()
        (trainImages, validationImages) = (train.count, val.count)
        let machine = experiment.machine
        loader = DetectionLoader(
            dataset: dataset, indices: train, configuration: experiment.augmentation, imageSize: experiment.imageSize,
            batchSize: experiment.batchSize, seed: experiment.seed, threads: machine.loaderThreads,
            cacheBytes: machine.cacheMegabytes << 20)
        evaluator = SplitEvaluator(
            dataset: dataset, indices: val, imageSize: experiment.imageSize, batchSize: experiment.batchSize,
            configuration: experiment.validation, loaderThreads: machine.loaderThreads,
            cacheBytes: machine.cacheMegabytes << 18)
    }

    var model: Module { detector }
    var average: Module { averaged }
    var stepsPerEpoch: Int { loader.stepsPerEpoch }

    func batches(_ epoch: Int, from step: Int, isClosing: Bool) -> LoaderEpoch {
        loader.epoch(epoch, from: step, closingMosaic: isClosing)
    }

    func loss(of batch: Batch) throws -> TaskLoss {
        let loss = try criterion(detector(Tensor.pixels(of: batch)), batch.targets.map(DetectionTarget.init))
        return TaskLoss(
            total: loss.total,
            parts: LossParts([("box", loss.box), ("cls", loss.classification), ("dfl", loss.distribution)]))
    }

    func evaluate() throws -> any TaskEvaluation { try evaluator.evaluate(DetectorPredictor(averaged)) }

    func picture(of batch: Batch) -> Image { Pictures.batch(batch, classNames: classNames) }
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

extension Tensor {
    /// A loader's pixels as `[N, 3, H, W]` in 0…1.
    static func pixels(of batch: Batch) -> Tensor {
        batch.withUnsafeBytes {
            Tensor(pixels: $0, count: batch.count, height: batch.height, width: batch.width)
        }
    }
}

extension DetectionTarget {
    init(_ target: Target) {
        self.init(
            image: target.image, label: target.label, centerX: target.centerX, centerY: target.centerY,
            width: target.width, height: target.height)
    }
}

extension Evaluation: TaskEvaluation {
    public var values: [String: Double] { metrics.values }
    public var fitnessName: String { "mAP50-95" }

    public func log(to run: Run, split: Split, dataset: PreparedDataset) throws {
        try EvaluationRecord(self, split: split, dataset: dataset).log(to: run)
    }
}
