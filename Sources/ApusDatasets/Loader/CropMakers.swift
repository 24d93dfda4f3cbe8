import ApusAugmentation
import ApusVision

/// Single objects cut out of their images.
struct CropMaker: ImageMaker {
    let reader: CropReader
    let cache: ByteBoundedCache<Image>
    let recipe: CropRecipe
    /// Augmented by these draws; `nil` for crops as they are.
    let draws: (seed: UInt64, epoch: Int)?

    func make(_ place: EpochPlace, into output: PixelView) throws(LoaderError) -> MadeImage {
        let (position, item) = (reader.items[place.position].position, reader.items[place.position])
        let image = try cache.value(for: position, size: \.pixels.count) { () throws(LoaderError) in
            try reader.images.image(at: position)
        }
        var made = MadeImage()
        let object: SceneObject
        if let draws {
            let key = SampleKey(seed: draws.seed, epoch: draws.epoch, sample: place.sample)
            object = recipe.render(item.object, of: image, key: key, into: output)
        } else {
            object = recipe.crop(item.object, of: image, into: output)
            made.crop = ObjectCrop(
                object: item.place, label: item.object.label, map: recipe.map(for: item.object.box))
        }
        made.targets = ImageTargets([object], for: .pose, size: output.size, keypointCount: reader.keypointCount)
        return made
    }
}

/// The objects with keypoints of a list of images.
struct CropReader: Sendable {
    struct Item: Sendable {
        /// In the list of indices.
        var position: Int
        /// Among the annotations of its image.
        var place: Int
        var object: SceneObject
    }

    let images: ImageReader
    let items: [Item]
    let keypointCount: Int

    /// - Throws: `LoaderError.unsuitable` where no object has keypoints.
    init(_ dataset: any DetectionDataset, indices: [Int]) throws(LoaderError) {
        images = ImageReader(dataset: dataset, indices: indices, task: .pose)
        guard let skeleton = try dataset.skeleton() else { throw .noKeypoints }
        keypointCount = skeleton.keypoints.count
        var items: [Item] = []
        for (position, index) in indices.enumerated() {
            let pairs = zip(dataset.boxes(of: index), dataset.annotations(of: index))
            for (place, (box, annotation)) in pairs.enumerated() {
                let isMarked = annotation.keypoints.contains { $0.visibility != .absent }
                guard isMarked, !box.isCrowd, box.box.area > 0 else { continue }
                items.append(Item(position: position, place: place, object: annotation.object(box, for: .pose)))
            }
        }
        guard !items.isEmpty || indices.isEmpty else { throw .noKeypoints }
        self.items = items
    }
}

extension LoaderError {
    static let noKeypoints = LoaderError.unsuitable(
        task: "pose", reason: "no object of these images has keypoints",
        remedy: "take a dataset whose classes name their keypoints, or train detect")
}
