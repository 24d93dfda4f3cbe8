import ApusAugmentation
import ApusVision

/// Letterboxed images, unchanged otherwise.
struct EvaluationImageMaker: ImageMaker {
    let reader: ImageReader
    let cache: ByteBoundedCache<Fitted>
    let specification: LetterboxSpecification

    /// An image in its square, and its boxes there.
    struct Fitted: Sendable {
        var image: Image
        var boxes: [LabeledBox]
        var letterbox: Letterbox
    }

    func make(_ position: Int, into output: PixelView) throws(LoaderError) -> MadeImage {
        let fitted = try cache.value(for: position, size: \.image.pixels.count) { () throws(LoaderError) in
            fit(try reader.sample(at: position))
        }
        _ = output.bytes.update(fromContentsOf: fitted.image.pixels)
        return MadeImage(boxes: fitted.boxes, letterbox: fitted.letterbox)
    }

    private func fit(_ sample: LabeledImage) -> Fitted {
        let letterbox = Letterbox(specification, imageWidth: sample.image.width, imageHeight: sample.image.height)
        let boxes = sample.boxes.map { LabeledBox(letterbox.toModel($0.box), label: $0.label, isCrowd: $0.isCrowd) }
        return Fitted(image: letterbox.apply(sample.image), boxes: boxes, letterbox: letterbox)
    }
}
