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

/// The masks of COCO files, made of polygons and runs.
struct MaskShapes: COCOShapes {
    private let sizes: [Int: SIMD2<Int>]
    /// As in pycocotools the first detection says whether areas are those of boxes or of masks.
    private let haveBoxes: Bool

    init(_ dataset: COCODataset, first: COCODetection?) {
        var sizes: [Int: SIMD2<Int>] = [:]
        for image in dataset.images { sizes[image.id] = SIMD2(image.width, image.height) }
        (self.sizes, haveBoxes) = (sizes, first?.box.isFinite ?? false)
    }

    func truth(_ annotation: COCOAnnotation) throws(EvaluationError) -> (
        shape: MaskShape, isIgnored: Bool
    ) {
        guard let segmentation = annotation.segmentation else {
            throw .unusableMask(entry: "annotation \(annotation.id)", reason: "no segmentation")
        }
        let size = sizes[annotation.imageID] ?? SIMD2()
        return (MaskShape(try mask(segmentation, size, "annotation \(annotation.id)")), false)
    }

    func detection(_ detection: COCODetection, at index: Int) throws(EvaluationError) -> MaskShape {
        guard !haveBoxes || detection.box.isFinite else {
            throw .notANumber(field: "box", entry: "detection \(index)")
        }
        guard let segmentation = detection.segmentation ?? (haveBoxes ? .init(detection.box) : nil)
        else {
            throw .unusableMask(entry: "detection \(index)", reason: "no segmentation")
        }
        let mask = try mask(segmentation, sizes[detection.imageID] ?? SIMD2(), "detection \(index)")
        return MaskShape(mask, area: haveBoxes ? detection.box.area : nil)
    }
}

/// The pixels of a segmentation in an image of `size`.
private func mask(
    _ segmentation: COCOSegmentation, _ size: SIMD2<Int>, _ entry: @autoclosure () -> String
) throws(EvaluationError) -> InstanceMask {
    do throws(EvaluationError) {
        switch segmentation {
        case .polygons(let rings): return try InstanceMask(rings: rings, width: size.x, height: size.y)
        case .runs(let runs):
            guard size == SIMD2() || size == SIMD2(runs.width, runs.height) else {
                throw .unusableMask(
                    entry: entry(), reason: "a mask of \(runs.width)×\(runs.height) in an image of \(size.x)×\(size.y)")
            }
            return try InstanceMask(runs)
        }
    } catch {
        throw error.at(entry())
    }
}

extension COCOSegmentation {
    /// The outline of a box.
    fileprivate init(_ box: COCOBox) {
        let (right, bottom) = (box.x + box.width, box.y + box.height)
        self = .polygons([[box.x, box.y, box.x, bottom, right, bottom, right, box.y]])
    }
}
