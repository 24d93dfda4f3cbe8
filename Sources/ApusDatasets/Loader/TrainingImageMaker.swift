import ApusAugmentation
import ApusVision

/// Augmented images of one epoch.
struct TrainingImageMaker: ImageMaker {
    let reader: ImageReader
    let cache: ByteBoundedCache<LabeledImage>
    let configuration: AugmentationConfiguration
    let imageSize: Int
    /// Whether scenes are composed for the batch's own shape, not for the square.
    let isRectangular: Bool
    let skeleton: Skeleton
    let seed: UInt64
    let epoch: Int

    /// What of keypoints the loader must know.
    struct Skeleton: Hashable, Sendable {
        var count = 0
        var mirror: [Int] = []
    }

    func make(_ place: EpochPlace, into output: PixelView) throws(LoaderError) -> MadeImage {
        let source = DetectionRecipe.Source(count: reader.indices.count, sample: resizedSample)
        let key = SampleKey(seed: seed, epoch: epoch, sample: place.sample)
        let recipe = DetectionRecipe(
            configuration, imageSize: imageSize, frame: isRectangular ? output.size : nil, outputSize: output.size,
            keypointMirror: skeleton.mirror)
        let objects = try recipe.render(place.position, of: source, key: key, into: output)
        return MadeImage(
            targets: ImageTargets(objects, for: reader.task, size: output.size, keypointCount: skeleton.count))
    }

    private func resizedSample(at position: Int) throws(LoaderError) -> LabeledImage {
        try cache.value(for: position, size: \.image.pixels.count) { () throws(LoaderError) in
            try reader.sample(at: position).resized(longerSide: imageSize)
        }
    }
}
