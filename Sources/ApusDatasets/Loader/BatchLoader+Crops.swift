import ApusAugmentation
import ApusVision

extension BatchLoader {
    /// Shuffled and augmented crops of single objects with keypoints, for a top-down pose model.
    ///
    /// - Parameters:
    ///   - width, height: of the crops, in pixels; `settings.imageSize` is not used.
    /// - Throws: `LoaderError` where no object has keypoints, or flips would exchange points that nobody named.
    public convenience init(
        cropping dataset: any DetectionDataset, indices: [Int], augmentation: CropAugmentation, width: Int = 192,
        height: Int = 256, settings: LoaderSettings
    ) throws(LoaderError) {
        let size = try settings.cropSize(width, height)
        let reader = try CropReader(dataset, indices: indices)
        let skeleton = try reader.images.skeleton()
        try augmentation.checkMirroring(skeleton)
        let sampler = EpochSampler(
            imageCount: reader.items.count, sampling: settings.sampling, threshold: settings.repeatThreshold,
            labels: { [reader.items[$0].object.label] })
        let work = CropWork(
            reader: reader, recipe: CropRecipe(augmentation, size: size, keypointMirror: skeleton.mirror),
            seed: settings.seed, cutter: BatchCutter(settings: settings, size: size), sampler: sampler,
            cache: ByteBoundedCache(budget: settings.cacheBytes))
        self.init(work, settings, largest: size)
    }

    /// The crops of all objects with keypoints, in the order of `indices`; `Batch.crops` leads back to the images.
    ///
    /// - Parameter padding: by how much boxes are enlarged.
    public convenience init(
        evaluatingCrops dataset: any DetectionDataset, indices: [Int], width: Int = 192, height: Int = 256,
        padding: Double = CropAugmentation().padding, settings: LoaderSettings
    ) throws(LoaderError) {
        let size = try settings.cropSize(width, height)
        try settings.require("padding", (0.5...4).contains(padding), "0.5 to 4", padding)
        var configuration = CropAugmentation()
        configuration.padding = padding
        let work = CropWork(
            reader: try CropReader(dataset, indices: indices), recipe: CropRecipe(configuration, size: size),
            seed: settings.seed, cutter: BatchCutter(settings: settings, size: size), sampler: nil,
            cache: ByteBoundedCache(budget: settings.cacheBytes))
        self.init(work, settings, largest: size)
    }
}

extension LoaderSettings {
    fileprivate func cropSize(_ width: Int, _ height: Int) throws(LoaderError) -> ImageSize {
        try checkFixedSize(task: "crops")
        for (key, side) in [("width", width), ("height", height)] {
            try require(key, (8...4096).contains(side), "8 to 4096", side)
        }
        return ImageSize(width: width, height: height)
    }
}

private struct CropWork: BatchWork {
    let reader: CropReader
    let recipe: CropRecipe
    let seed: UInt64
    let cutter: BatchCutter
    /// `nil` in evaluation.
    let sampler: EpochSampler?
    let cache: ByteBoundedCache<Image>

    var isTraining: Bool { sampler != nil }
    var placeCount: Int { sampler?.placeCount ?? reader.items.count }
    var cachedBytes: Int { cache.byteCount }
    func index(_ position: Int) -> Int { reader.images.indices[reader.items[position].position] }

    func plan(_ epoch: Int) -> EpochPlan {
        guard let sampler else { return cutter.evaluation(reader.items.count) }
        return cutter.training(sampler.places(seed: seed, epoch: epoch), epoch: epoch)
    }

    func maker(_ epoch: Int, closingMosaic: Bool) -> any ImageMaker {
        CropMaker(
            reader: reader, cache: cache, recipe: recipe, draws: isTraining ? (seed: seed, epoch: epoch) : nil)
    }
}
