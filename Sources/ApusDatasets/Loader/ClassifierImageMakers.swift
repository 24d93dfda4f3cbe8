import ApusAugmentation
import ApusVision

/// Augmented images and their classes.
struct ClassifierTrainingMaker: ImageMaker {
    let reader: LabeledImageReader
    let cache: ByteBoundedCache<Image>
    let recipe: ClassificationRecipe
    let seed: UInt64
    let epoch: Int

    func make(_ place: EpochPlace, into output: PixelView) throws(LoaderError) -> MadeImage {
        let source = SampleSource<LoaderError>(count: reader.images.indices.count) { position throws(LoaderError) in
            Sample(image: Raster(try image(at: position)), labels: [ImageLabel(reader.labels[position])])
        }
        let key = SampleKey(seed: seed, epoch: epoch, sample: place.sample)
        return MadeImage(labels: try recipe.render(place.position, of: source, key: key, into: output))
    }

    private func image(at position: Int) throws(LoaderError) -> Image {
        try cache.value(for: position, size: \.pixels.count) { () throws(LoaderError) in
            try reader.images.image(at: position)
        }
    }
}

/// The middle of each image.
struct ClassifierEvaluationMaker: ImageMaker {
    let reader: LabeledImageReader
    let cache: ByteBoundedCache<Image>
    let shorterSide: Int?

    func make(_ place: EpochPlace, into output: PixelView) throws(LoaderError) -> MadeImage {
        let crop = try cache.value(for: place.position, size: \.pixels.count) { () throws(LoaderError) in
            try reader.images.image(at: place.position).middle(output.size.width, shorterSide: shorterSide)
        }
        _ = output.bytes.update(fromContentsOf: crop.pixels)
        return MadeImage(labels: [ImageLabel(reader.labels[place.position])])
    }
}

/// Images that are labelled as a whole, by position in a list of indices.
struct LabeledImageReader: Sendable {
    let images: ImageReader
    /// Of each position.
    let labels: [Int]

    /// - Throws: `LoaderError.unsuitable` where an image has boxes, several classes or none.
    init(_ dataset: any DetectionDataset, indices: [Int]) throws(LoaderError) {
        images = ImageReader(dataset: dataset, indices: indices)
        var labels: [Int] = []
        for index in indices {
            let annotations = dataset.annotations(of: index)
            guard annotations.count == 1, annotations[0].isWholeImage else {
                throw Self.unsuitable(dataset.name(of: index), annotations)
            }
            labels.append(annotations[0].label)
        }
        self.labels = labels
    }

    private static func unsuitable(_ name: String, _ annotations: [Annotation]) -> LoaderError {
        let hasObjects = annotations.contains { !$0.isWholeImage }
        let found = hasObjects ? "objects at places of it" : annotations.isEmpty ? "no class" : "several classes"
        return .unsuitable(
            task: "classify", reason: "\(name) has \(found), expected one class for the image as a whole",
            remedy: "take a dataset of image folders, IDX or a table of classes, or train detect")
    }
}

extension Image {
    /// The middle, `side`² pixels, as inference takes it: of the image scaled until it covers the square, or by
    /// torchvision's `Resize(shorterSide)` and `CenterCrop(side)`.
    func middle(_ side: Int, shorterSide: Int?) -> Image {
        guard let shorter = shorterSide else { return centerCropped(width: side, height: side) }
        let (width, height) =
            width <= height
            ? (shorter, shorter * self.height / self.width) : (shorter * self.width / self.height, shorter)
        func half(_ rest: Int) -> Int { Int((Double(rest) / 2).rounded(.toNearestOrEven)) }
        return resized(width: width, height: height)
            .cropped(x: half(width - side), y: half(height - side), width: side, height: side)
    }
}
