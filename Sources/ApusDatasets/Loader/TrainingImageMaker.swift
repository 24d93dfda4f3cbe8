import ApusAugmentation
import ApusVision

/// Augmented images of one epoch.
struct TrainingImageMaker: ImageMaker {
    let reader: ImageReader
    let cache: ByteBoundedCache<LabeledImage>
    let recipe: DetectionRecipe
    let seed: UInt64
    let epoch: Int

    func make(_ position: Int, into output: PixelView) throws(LoaderError) -> MadeImage {
        let source = DetectionRecipe.Source(count: reader.indices.count, sample: resizedSample)
        let key = SampleKey(seed: seed, epoch: epoch, sample: position)
        return MadeImage(boxes: try recipe.render(position, of: source, key: key, into: output))
    }

    private func resizedSample(at position: Int) throws(LoaderError) -> LabeledImage {
        try cache.value(for: position, size: \.image.pixels.count) { () throws(LoaderError) in
            try reader.sample(at: position).resized(longerSide: recipe.imageSize)
        }
    }
}
