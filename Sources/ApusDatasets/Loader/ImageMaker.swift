import ApusAugmentation
import ApusVision

/// What a loader's thread makes for one place of a batch.
struct MadeImage: Sendable {
    var targets = ImageTargets()
    var labels: [ImageLabel] = []
    var letterbox: Letterbox?
    var crop: ObjectCrop?
}

/// Makes RGB pixels for one place of a batch.
protocol ImageMaker: Sendable {
    /// Writes the image of the batch's size.
    func make(_ place: EpochPlace, into output: PixelView) throws(LoaderError) -> MadeImage
}

/// A dataset's images by position in a list of indices, decoded, with errors that name the image.
struct ImageReader: Sendable {
    let dataset: any DetectionDataset
    let indices: [Int]
    var task = ObjectTask.detect

    /// An RGB image and its objects; crowds are left out.
    func sample(at position: Int) throws(LoaderError) -> LabeledImage {
        LabeledImage(image: try image(at: position), objects: objects(at: position))
    }

    /// In RGB.
    func image(at position: Int) throws(LoaderError) -> Image {
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
        return image.rgb
    }

    func size(at position: Int) throws(LoaderError) -> ImageSize {
        if let size = dataset.size(of: indices[position]) { return size }
        return try image(at: position).size
    }

    /// The objects that are no crowds, in the pixels of the image.
    func objects(at position: Int) -> [SceneObject] {
        let boxes = dataset.boxes(of: indices[position])
        guard task != .detect else { return boxes.filter { !$0.isCrowd }.map { SceneObject($0) } }
        return zip(boxes, dataset.annotations(of: indices[position])).filter { !$0.0.isCrowd }
            .map { $1.object($0, for: task) }
    }

    /// The classes that an image shows.
    func labels(at position: Int) -> Set<Int> {
        Set(dataset.boxes(of: indices[position]).lazy.filter { !$0.isCrowd }.map(\.label))
    }
}
