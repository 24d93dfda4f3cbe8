/// LVIS: which classes were looked for in which images, and where every object of them was marked.
///
/// Gupta et al., *LVIS: A Dataset for Large Vocabulary Instance Segmentation*, <https://arxiv.org/abs/1908.03195>.
struct FederatedLabels {
    /// Image and class in one number.
    private var verified: Set<UInt64> = []
    private var incomplete: Set<UInt64> = []

    init(_ dataset: COCODataset, _ truths: [Truth<some EvaluatedShape>], _ images: DenseIndex, _ classes: DenseIndex) {
        for truth in truths { verified.insert(Self.key(truth.image, truth.category)) }
        for image in dataset.images {
            guard let place = images[image.id] else { continue }
            verified.formUnion(image.absentCategoryIDs.compactMap { classes[$0] }.map { Self.key(place, $0) })
            incomplete.formUnion(image.incompleteCategoryIDs.compactMap { classes[$0] }.map { Self.key(place, $0) })
        }
    }

    /// Without detections of classes that nobody looked for; where not every object was marked, the others are
    /// tolerated.
    func applied<Shape>(to detections: [Candidate<Shape>]) -> [Candidate<Shape>] {
        detections.compactMap { detection in
            let key = Self.key(detection.image, detection.category)
            guard verified.contains(key) else { return nil }
            var detection = detection
            detection.isTolerated = incomplete.contains(key)
            return detection
        }
    }

    private static func key(_ image: Int32, _ category: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: image)) << 32 | UInt64(UInt32(bitPattern: category))
    }
}
