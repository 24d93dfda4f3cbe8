import ApusDatasets
import ApusModels
import ApusNN
import ApusTorch
import ApusVision

/// A network and the loss of its outputs on a batch.
struct NetworkLoss {
    let network: Module
    private let normalization: Normalization
    private let compute: (Tensor, Batch) throws -> LossValue

    init(
        _ kind: ModelTask, _ configuration: ModelConfiguration, experiment: Experiment, dataset: PreparedDataset
    ) throws {
        let (classCount, seed) = (dataset.classNames.count, experiment.seed)
        try experiment.loss.check(classNames: dataset.classNames)
        normalization = experiment.normalization ?? configuration.usualNormalization
        switch kind {
        case .detect:
            let network = try ModelRegistry.makeDetector(configuration, classCount: classCount, seed: seed)
            let criterion = experiment.loss.detection
            self.network = network
            compute = { LossValue(try criterion(network($0), $1.targets)) }
        case .segment:
            let network = try ModelRegistry.makeSegmenter(configuration, classCount: classCount, seed: seed)
            let criterion = experiment.loss.segmentation
            self.network = network
            compute = { try criterion(network($0), $1.targets, masks: $1.masks) }
        case .pose:
            let sigmas = try dataset.keypointSigmas()
            let network = try ModelRegistry.makePoseEstimator(
                configuration, classCount: classCount, keypointCount: sigmas.count, seed: seed)
            let criterion = experiment.loss.pose(sigmas: sigmas)
            self.network = network
            compute = { try criterion(network($0), $1.targets, keypoints: $1.keypoints) }
        case .obb:
            let network = try ModelRegistry.makeOrientedDetector(configuration, classCount: classCount, seed: seed)
            let criterion = experiment.loss.oriented
            self.network = network
            compute = { try criterion(network($0), $1.targets) }
        case .classify:
            let network = try ModelRegistry.makeClassifier(configuration, classCount: classCount, seed: seed)
            let criterion = experiment.loss.classification
            self.network = network
            compute = { try criterion(network($0), $1.labels) }
        case .keypoints:
            let network = try ModelRegistry.makeKeypointEstimator(
                configuration, keypointCount: try dataset.keypointSigmas().count, seed: seed)
            self.network = network
            compute = { try CoordinateLoss()(network($0), keypoints: $1.keypoints) }
        }
    }

    func callAsFunction(_ batch: DeviceBatch) throws -> LossValue {
        try compute(normalization(batch.images), batch.batch)
    }
}

extension LossValue {
    fileprivate init(_ value: DetectionLoss.Value) {
        self.init(total: value.total, parts: value.parts, positives: value.positives)
    }
}
