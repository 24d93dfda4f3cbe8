import ApusAugmentation
import ApusVision

extension BatchLoader {
    /// Shuffled and augmented images with what `task` learns of their objects.
    ///
    /// - Parameters:
    ///   - indices: the dataset's images to draw from; mosaic and mix-up partners come from them too.
    /// - Throws: `LoaderError` where the labels do not say what the task is to learn, where flips would exchange
    ///   keypoints that nobody named, and for settings that exclude each other.
    public convenience init(
        training task: ObjectTask, dataset: any DetectionDataset, indices: [Int],
        augmentation: AugmentationConfiguration, settings: LoaderSettings
    ) throws(LoaderError) {
        try settings.check()
        try settings.require(
            "rect", !settings.rectangular || augmentation.mosaic == 0, "mosaic: 0 beside rect",
            "true with mosaic \(augmentation.mosaic)")
        let reader = ImageReader(dataset: dataset, indices: indices, task: task)
        try reader.checkLabels()
        let skeleton = try reader.skeleton()
        if task == .pose { try augmentation.checkMirroring(skeleton) }
        self.init(training: reader, augmentation, settings, skeleton, try reader.fittedSizes(settings))
    }

    /// Letterboxed images with what `task` learns of their objects, not augmented, in the order of `indices` (of
    /// `settings.rectangular` from the widest to the highest).
    public convenience init(
        evaluating task: ObjectTask, dataset: any DetectionDataset, indices: [Int], settings: LoaderSettings
    ) throws(LoaderError) {
        try settings.check()
        let reader = ImageReader(dataset: dataset, indices: indices, task: task)
        try reader.checkLabels()
        self.init(evaluating: reader, settings, try reader.skeleton(), try reader.fittedSizes(settings))
    }

    /// Shuffled and augmented images with boxes, as `training: .detect`, of labels that are taken for what they are.
    public convenience init(
        dataset: any DetectionDataset, indices: [Int], configuration: AugmentationConfiguration, imageSize: Int,
        batchSize: Int, seed: UInt64, threads: Int = 2, prefetch: Int = 3, cacheBytes: Int = 1 << 30
    ) {
        var settings = LoaderSettings(imageSize: imageSize, batchSize: batchSize)
        (settings.seed, settings.threads, settings.prefetch) = (seed, threads, prefetch)
        settings.cacheBytes = cacheBytes
        let reader = ImageReader(dataset: dataset, indices: indices)
        self.init(training: reader, configuration, settings, .init(), [])
    }

    /// Letterboxed to `imageSize`² and not augmented, in the order of `indices`, with boxes.
    public convenience init(
        evaluating dataset: any DetectionDataset, indices: [Int], imageSize: Int, batchSize: Int, threads: Int = 2,
        prefetch: Int = 3, cacheBytes: Int = 1 << 28
    ) {
        var settings = LoaderSettings(imageSize: imageSize, batchSize: batchSize)
        (settings.threads, settings.prefetch, settings.cacheBytes) = (threads, prefetch, cacheBytes)
        self.init(evaluating: ImageReader(dataset: dataset, indices: indices), settings, .init(), [])
    }

    private convenience init(
        training reader: ImageReader, _ augmentation: AugmentationConfiguration, _ settings: LoaderSettings,
        _ skeleton: TrainingImageMaker.Skeleton, _ sizes: [ImageSize]
    ) {
        let largest = ImageSize(square: settings.shape.largestSide(settings.imageSize))
        let work = ObjectTraining(
            reader: reader, augmentation: augmentation, settings: settings, skeleton: skeleton,
            cutter: BatchCutter(settings: settings, size: ImageSize(square: settings.imageSize), sizes: sizes),
            sampler: EpochSampler(
                imageCount: reader.indices.count, sampling: settings.sampling, threshold: settings.repeatThreshold,
                labels: reader.labels),
            cache: ByteBoundedCache(budget: settings.cacheBytes))
        self.init(work, settings, largest: largest)
    }

    private convenience init(
        evaluating reader: ImageReader, _ settings: LoaderSettings, _ skeleton: TrainingImageMaker.Skeleton,
        _ sizes: [ImageSize]
    ) {
        let square = ImageSize(square: settings.imageSize)
        let work = ObjectEvaluation(
            reader: reader, skeleton: skeleton,
            cutter: BatchCutter(settings: settings, size: square, sizes: sizes),
            cache: ByteBoundedCache(budget: settings.cacheBytes))
        self.init(work, settings, largest: square)
    }
}

private struct ObjectTraining: BatchWork {
    let reader: ImageReader
    let augmentation: AugmentationConfiguration
    let settings: LoaderSettings
    let skeleton: TrainingImageMaker.Skeleton
    let cutter: BatchCutter
    let sampler: EpochSampler
    let cache: ByteBoundedCache<LabeledImage>

    var isTraining: Bool { true }
    var placeCount: Int { sampler.placeCount }
    var cachedBytes: Int { cache.byteCount }
    func index(_ position: Int) -> Int { reader.indices[position] }

    func plan(_ epoch: Int) -> EpochPlan {
        cutter.training(sampler.places(seed: settings.seed, epoch: epoch), epoch: epoch)
    }

    func maker(_ epoch: Int, closingMosaic: Bool) -> any ImageMaker {
        TrainingImageMaker(
            reader: reader, cache: cache,
            configuration: closingMosaic ? augmentation.closingMosaic : augmentation, imageSize: settings.imageSize,
            isRectangular: settings.rectangular, skeleton: skeleton, seed: settings.seed, epoch: epoch)
    }
}

private struct ObjectEvaluation: BatchWork {
    let reader: ImageReader
    let skeleton: TrainingImageMaker.Skeleton
    let cutter: BatchCutter
    let cache: ByteBoundedCache<EvaluationImageMaker.Fitted>

    var isTraining: Bool { false }
    var placeCount: Int { reader.indices.count }
    var cachedBytes: Int { cache.byteCount }
    func index(_ position: Int) -> Int { reader.indices[position] }
    func plan(_ epoch: Int) -> EpochPlan { cutter.evaluation(reader.indices.count) }

    func maker(_ epoch: Int, closingMosaic: Bool) -> any ImageMaker {
        EvaluationImageMaker(reader: reader, cache: cache, skeleton: skeleton)
    }
}
