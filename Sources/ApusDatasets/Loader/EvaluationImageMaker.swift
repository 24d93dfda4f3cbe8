import ApusAugmentation
import ApusVision

/// Letterboxed images, unchanged otherwise.
struct EvaluationImageMaker: ImageMaker {
    let reader: ImageReader
    let cache: ByteBoundedCache<Fitted>
    let skeleton: TrainingImageMaker.Skeleton

    /// An image in its place, and its objects there.
    struct Fitted: Sendable {
        var image: Image
        var objects: [SceneObject]
        var letterbox: Letterbox
    }

    func make(_ place: EpochPlace, into output: PixelView) throws(LoaderError) -> MadeImage {
        let fitted = try cache.value(for: place.position, size: \.image.pixels.count) { () throws(LoaderError) in
            fit(try reader.sample(at: place.position), in: output.size)
        }
        _ = output.bytes.update(fromContentsOf: fitted.image.pixels)
        let targets = ImageTargets(
            fitted.objects, for: reader.task, size: output.size, keypointCount: skeleton.count)
        return MadeImage(targets: targets, letterbox: fitted.letterbox)
    }

    private func fit(_ sample: LabeledImage, in size: ImageSize) -> Fitted {
        let specification = LetterboxSpecification(width: size.width, height: size.height)
        let letterbox = Letterbox(specification, imageWidth: sample.image.width, imageHeight: sample.image.height)
        let objects = sample.objects.map { $0.letterboxed(letterbox) }
        return Fitted(image: letterbox.apply(sample.image), objects: objects, letterbox: letterbox)
    }
}

extension SceneObject {
    fileprivate func letterboxed(_ letterbox: Letterbox) -> SceneObject {
        let (scale, shift) = (Double(letterbox.scale), Point(Double(letterbox.left), Double(letterbox.top)))
        let shape = shape?.moved { $0 * scale + shift }
        return SceneObject(letterbox.toModel(box), label: label, isCrowd: isCrowd, shape: shape)
    }
}
