import ApusCore

/// A mask as evaluation compares it.
struct MaskShape: EvaluatedShape {
    let mask: InstanceMask
    /// Of the mask, or of the detection's box where COCO takes that.
    let area: Double

    init(_ mask: InstanceMask, area: Double? = nil) {
        (self.mask, self.area) = (mask, area ?? Double(mask.area))
    }

    /// Masks of different images have nothing in common.
    func overlap(with truth: MaskShape, isCrowd: Bool) -> Double {
        guard mask.width == truth.mask.width, mask.height == truth.mask.height else { return 0 }
        let shared = mask.sharedPixels(truth.mask)
        guard shared > 0 else { return 0 }
        return Double(shared) / Double(isCrowd ? mask.area : mask.area + truth.mask.area - shared)
    }
}

/// The masks of COCO files, made of polygons and runs in parallel.
struct MaskShapes: COCOShapes {
    private typealias Outcome = Result<MaskShape, EvaluationError>
    private let truths: [Outcome]
    private let detections: [Outcome]

    init(_ dataset: COCODataset, _ found: [COCODetection], _ threads: Int) {
        var sizes: [Int: SIMD2<Int>] = [:]
        for image in dataset.images { sizes[image.id] = SIMD2(image.width, image.height) }
        let imageSizes = sizes
        truths = parallelMap(dataset.annotations.count, threads: threads) { index in
            let annotation = dataset.annotations[index]
            return Result { () throws(EvaluationError) in
                guard let segmentation = annotation.segmentation else {
                    throw .unusableMask(entry: "annotation \(annotation.id)", reason: "no segmentation")
                }
                let size = imageSizes[annotation.imageID] ?? SIMD2()
                return MaskShape(try mask(segmentation, size, "annotation \(annotation.id)"))
            }
        }
        // As pycocotools: the first detection says whether areas are those of boxes or of masks.
        let haveBoxes = found.first?.box.isFinite ?? false
        detections = parallelMap(found.count, threads: threads) { index in
            let detection = found[index]
            return Result { () throws(EvaluationError) in
                guard !haveBoxes || detection.box.isFinite else {
                    throw .notANumber(field: "box", entry: "detection \(index)")
                }
                guard let segmentation = detection.segmentation ?? (haveBoxes ? .init(detection.box) : nil) else {
                    throw .unusableMask(entry: "detection \(index)", reason: "no segmentation")
                }
                let size = imageSizes[detection.imageID] ?? SIMD2()
                let mask = try mask(segmentation, size, "detection \(index)")
                return MaskShape(mask, area: haveBoxes ? detection.box.area : nil)
            }
        }
    }

    func truth(
        _ annotation: COCOAnnotation, at index: Int
    ) throws(EvaluationError) -> (shape: MaskShape, isIgnored: Bool) {
        (try truths[index].get(), false)
    }

    func detection(_ detection: COCODetection, at index: Int) throws(EvaluationError) -> MaskShape {
        try detections[index].get()
    }
}

/// The pixels of a segmentation in an image of `size`.
private func mask(
    _ segmentation: COCOSegmentation, _ size: SIMD2<Int>, _ entry: String
) throws(EvaluationError) -> InstanceMask {
    do throws(EvaluationError) {
        switch segmentation {
        case .polygons(let rings): return try InstanceMask(rings: rings, width: size.x, height: size.y)
        case .runs(let runs):
            guard size == SIMD2() || size == SIMD2(runs.width, runs.height) else {
                throw .unusableMask(
                    entry: entry, reason: "a mask of \(runs.width)×\(runs.height) in an image of \(size.x)×\(size.y)")
            }
            return try InstanceMask(runs)
        }
    } catch {
        throw error.at(entry)
    }
}

extension COCOSegmentation {
    /// The outline of a box.
    fileprivate init(_ box: COCOBox) {
        let (right, bottom) = (box.x + box.width, box.y + box.height)
        self = .polygons([[box.x, box.y, box.x, bottom, right, bottom, right, box.y]])
    }
}
