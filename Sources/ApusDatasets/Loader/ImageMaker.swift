import ApusAugmentation
import ApusVision

/// What a loader's thread makes for one place of a batch.
struct MadeImage: Sendable {
    var boxes: [LabeledBox]
    var letterbox: Letterbox?
}

/// Turns one of a loader's images into `imageSize`² RGB pixels.
protocol ImageMaker: Sendable {
    /// Writes the image for a position in the loader's list of indices.
    func make(_ position: Int, into output: PixelView) throws(LoaderError) -> MadeImage
}

/// A dataset's images by position in a list of indices, decoded, with errors that name the image.
struct ImageReader: Sendable {
    let dataset: any DetectionDataset
    let indices: [Int]

    /// An RGB image and its boxes; crowds are left out.
    func sample(at position: Int) throws(LoaderError) -> LabeledImage {
        let index = indices[position]
        let image: Image
        do {
            image = try dataset.image(at: index)
        } catch {
            throw .unreadableImage(name: dataset.name(of: index), index: index, reason: "\(error)")
        }
        guard image.width > 0 && image.height > 0 else {
            throw .emptyImage(name: dataset.name(of: index), index: index)
        }
        return LabeledImage(image: image.rgb, boxes: dataset.boxes(of: index).filter { !$0.isCrowd })
    }
}
