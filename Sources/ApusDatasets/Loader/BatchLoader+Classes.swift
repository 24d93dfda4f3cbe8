import ApusAugmentation
import ApusVision

extension BatchLoader {
    /// Shuffled and augmented images with their classes, of `settings.imageSize`².
    ///
    /// - Throws: `LoaderError.unsuitable` where an image has other than one class for it as a whole.
    public convenience init(
        classifying dataset: any DetectionDataset, indices: [Int], augmentation: ClassificationAugmentation,
        settings: LoaderSettings
    ) throws(LoaderError) {
        try settings.checkFixedSize(task: "classify")
        let reader = try LabeledImageReader(dataset, indices: indices)
        let (square, mixing) = (ImageSize(square: settings.imageSize), PairMixing(augmentation))
        let cutter = BatchCutter(settings: settings, size: square, mixesPairs: mixing.isActive)
        let sampler = EpochSampler(
            imageCount: indices.count, sampling: settings.sampling, threshold: settings.repeatThreshold,
            labels: { [reader.labels[$0]] })
        let work = ClassifierTraining(
            reader: reader, recipe: ClassificationRecipe(augmentation, imageSize: settings.imageSize),
            mixing: mixing, seed: settings.seed, cutter: cutter, sampler: sampler,
            cache: ByteBoundedCache(budget: settings.cacheBytes))
        self.init(work, settings, largest: square)
    }

    /// The middle of each image, in the order of `indices`.
    ///
    /// - Parameter shorterSide: to which images are resized before the middle is cut out; else they just cover it.
    public convenience init(
        evaluatingClasses dataset: any DetectionDataset, indices: [Int], shorterSide: Int? = nil,
        settings: LoaderSettings
    ) throws(LoaderError) {
        try settings.checkFixedSize(task: "classify")
        let sides = settings.imageSize...max(settings.imageSize, 16_384)
        let resized = shorterSide ?? settings.imageSize
        try settings.require("resize", sides.contains(resized), "at least imgsz, at most 16384", resized)
        let square = ImageSize(square: settings.imageSize)
        let work = ClassifierEvaluation(
            reader: try LabeledImageReader(dataset, indices: indices), shorterSide: shorterSide,
            cutter: BatchCutter(settings: settings, size: square),
            cache: ByteBoundedCache(budget: settings.cacheBytes))
        self.init(work, settings, largest: square)
    }
}

extension LoaderSettings {
    /// - Throws: `LoaderError.badSetting`, also where batches would not be of one size.
    func checkFixedSize(task: String) throws(LoaderError) {
        try check()
        try require("rect", !rectangular, "false for \(task)", rectangular)
        try require("multi_scale", multiScale == 0, "0 for \(task)", multiScale)
    }
}

private struct ClassifierTraining: BatchWork {
    let reader: LabeledImageReader
    let recipe: ClassificationRecipe
    let mixing: PairMixing
    let seed: UInt64
    let cutter: BatchCutter
    let sampler: EpochSampler
    let cache: ByteBoundedCache<Image>

    var isTraining: Bool { true }
    var placeCount: Int { sampler.placeCount }
    var cachedBytes: Int { cache.byteCount }
    func index(_ position: Int) -> Int { reader.images.indices[position] }

    func plan(_ epoch: Int) -> EpochPlan {
        cutter.training(sampler.places(seed: seed, epoch: epoch), epoch: epoch)
    }

    func maker(_ epoch: Int, closingMosaic: Bool) -> any ImageMaker {
        ClassifierTrainingMaker(reader: reader, cache: cache, recipe: recipe, seed: seed, epoch: epoch)
    }

    func mixer(_ epoch: Int) -> PairMixer? {
        mixing.isActive ? PairMixer(mixing: mixing, seed: seed, epoch: epoch) : nil
    }
}

private struct ClassifierEvaluation: BatchWork {
    let reader: LabeledImageReader
    let shorterSide: Int?
    let cutter: BatchCutter
    let cache: ByteBoundedCache<Image>

    var isTraining: Bool { false }
    var placeCount: Int { reader.labels.count }
    var cachedBytes: Int { cache.byteCount }
    func index(_ position: Int) -> Int { reader.images.indices[position] }
    func plan(_ epoch: Int) -> EpochPlan { cutter.evaluation(reader.labels.count) }

    func maker(_ epoch: Int, closingMosaic: Bool) -> any ImageMaker {
        ClassifierEvaluationMaker(reader: reader, cache: cache, shorterSide: shorterSide)
    }
}
