import ApusAugmentation
import ApusDatasets
import ApusModels
import ApusVision

extension Experiment {
    /// How training batches are cut, ordered and made.
    private func loaderSettings(_ shard: Shard) -> LoaderSettings {
        var settings = LoaderSettings(imageSize: imageSize, batchSize: batchSize)
        (settings.seed, settings.threads) = (seed, machine.loaderThreads)
        settings.cacheBytes = machine.cacheMegabytes << 20
        (settings.sampling, settings.repeatThreshold) = (sampling, repeatThreshold)
        (settings.rectangular, settings.multiScale) = (rect, multiScale)
        settings.shard = shard
        return settings
    }

    /// How the validation split is read while training.
    func evaluationSettings(_ shard: Shard) -> LoaderSettings {
        var settings = LoaderSettings(imageSize: imageSize, batchSize: batchSize)
        (settings.threads, settings.cacheBytes) = (machine.loaderThreads, machine.cacheMegabytes << 18)
        settings.shard = shard
        return settings
    }

    /// - Parameters:
    ///   - input: keypoint networks: the extents of what they see, in pixels.
    ///   - shard: the part of each batch that this process makes.
    func trainingLoader(
        _ task: ModelTask, dataset: PreparedDataset, indices: [Int], input: ImageSize, shard: Shard
    ) throws -> BatchLoader {
        let settings = loaderSettings(shard)
        return switch task {
        case .classify:
            try BatchLoader(
                classifying: dataset, indices: indices, augmentation: classification, settings: settings)
        case .keypoints:
            try BatchLoader(
                cropping: dataset, indices: indices, augmentation: crops, width: input.width, height: input.height,
                settings: settings)
        case .detect, .segment, .pose, .obb:
            try BatchLoader(
                training: ObjectTask(task), dataset: dataset, indices: indices, augmentation: augmentation,
                settings: settings)
        }
    }
}

extension ModelConfiguration {
    /// - Throws: `ModelError.unknownArchitecture`.
    public func knownTask() throws(ModelError) -> ModelTask {
        guard let task else { throw .unknownArchitecture(architecture, known: ModelRegistry.architectures.map(\.name)) }
        return task
    }

    /// The extents of what the network sees, in pixels.
    public func inputSize(imageSize: Int) -> ImageSize {
        task == .keypoints
            ? ImageSize(width: inputWidth ?? 192, height: inputHeight ?? 256) : ImageSize(square: imageSize)
    }

    /// What suits the architecture: torchvision's networks are trained on ImageNet's channels.
    public var usualNormalization: Normalization {
        switch task {
        case .classify where architecture != "v8-classify", .keypoints: .imagenet
        default: .none
        }
    }
}
