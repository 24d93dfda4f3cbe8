import ApusCore

/// COCO evaluation of boxes, masks or keypoints, equal to pycocotools 2.0.11 in every number.
///
/// Lin et al., *Microsoft COCO: Common Objects in Context*, <https://arxiv.org/abs/1405.0312>;
/// definition of the numbers: <https://cocodataset.org/#detection-eval>.
///
///     let evaluation = try COCOEvaluation(dataset, detections: found)
///     evaluation.stats[0]   // AP averaged over the overlaps 0.50 to 0.95
public struct COCOEvaluation: Sendable {
    let scheme: StatisticsScheme
    public let imageCount: Int
    /// The classes in the order of every array's K: ascending ids.
    public let categories: [COCOCategory]
    /// Detections of classes that the dataset does not have; they are left out, as in pycocotools.
    public let strayDetections: Int
    /// Annotations with id 0, which pycocotools never counts as found; number the annotations from 1 to mend it.
    public let zeroAnnotationIDs: Int
    /// What a reader must know to trust the numbers: what pycocotools passes over in silence.
    public let notes: [String]
    let results: [CategoryResult]

    /// - Parameters:
    ///   - type: what is compared. Masks are made of polygons or runs, and of the box where a detection has no other.
    ///   - sigmas: `keypoints` alone: the deviation of each point's marks as a part of the object's size.
    /// - Throws: `EvaluationError` for repeated annotation ids, unknown images, values that are not finite, and masks
    ///   or keypoints that do not fit the image or each other.
    public init(
        _ dataset: COCODataset, detections: [COCODetection], type: COCOEvaluationType = .boxes,
        profile: EvaluationProfile = .coco, sigmas: [Double] = KeypointSigmas.coco, threads: Int = availableCores
    ) throws(EvaluationError) {
        let objects = try comparedObjects(
            dataset, .list(detections), type: type, profile: profile, sigmas: sigmas, threads: threads)
        scheme = objects.scheme
        (imageCount, categories, notes) = (objects.imageIDs.count, objects.categories, objects.notes)
        (strayDetections, zeroAnnotationIDs) = (objects.strayDetections, objects.zeroAnnotationIDs)
        results = objects.results(threads)
    }

    public var type: COCOEvaluationType { scheme.type }
    public var profile: EvaluationProfile { scheme.profile }

    /// pycocotools' numbers in its order; −1 where no class has a truth.
    ///
    /// Twelve for boxes and masks: AP, AP50, AP75, AP small, medium, large, AR with 1, 10 and 100 detections, AR
    /// small, medium, large. Ten for keypoints: AP, AP50, AP75, AP medium, large, AR, AR50, AR75, AR medium, large.
    ///
    /// Profile `ultralytics-8.2` has three: AP averaged over the overlaps, at 0.50 and at 0.75; `voc07` and `voc12`
    /// one, AP at 0.50; `lvis` the LVIS API's thirteen: AP, AP50, AP75, AP small, medium, large, AP of rare, common and
    /// frequent classes, AR with 300 detections, AR small, medium, large.
    public var stats: [Double] { scheme.stats(results, groups: categories.map(\.frequency)) }

    /// What each of `stats` is.
    public var statNames: [String] { scheme.names }

    /// `[T, R, K, A, M]`: 10 overlaps × 101 recalls × classes × area ranges × detection limits, row-major; 4 ranges
    /// and 3 limits, for keypoints 3 ranges (all, medium, large) and 1 limit.
    public var precision: [Double] { gathered(recalls: COCOConstants.recallCount, \.precision) }
    /// The score at which each precision holds; same shape as `precision`.
    public var scores: [Double] { gathered(recalls: COCOConstants.recallCount, \.scores) }
    /// `[T, K, A, M]`, row-major.
    public var recall: [Double] { gathered(recalls: 1, \.recall) }

    /// The order of pycocotools' arrays from the arrays of each class.
    private func gathered(recalls: Int, _ values: KeyPath<CategoryCurves, [Double]>) -> [Double] {
        let columns = results.map { ($0.curves, $0.curves[keyPath: values]) }
        let areas = type == .keypoints ? [0, 2, 3] : [0, 1, 2, 3]
        let limits = type.detectionLimits.count
        var array: [Double] = []
        array.reserveCapacity(COCOConstants.overlapCount * recalls * columns.count * areas.count * limits)
        for overlap in 0..<COCOConstants.overlapCount {
            for recall in 0..<recalls {
                for (curves, column) in columns {
                    for area in areas {
                        for limit in 0..<limits {
                            array.append(
                                column[curves.cell(area: area, limit: limit, overlap: overlap) * recalls + recall])
                        }
                    }
                }
            }
        }
        return array
    }
}

/// What a COCO evaluation compares, by pycocotools' names.
public enum COCOEvaluationType: String, Codable, Hashable, Sendable, CaseIterable {
    case boxes = "bbox"
    case masks = "segm"
    case keypoints

    /// The numbers of detections of an image and class at which recall is measured.
    var detectionLimits: [Int] {
        self == .keypoints ? COCOConstants.keypointDetectionLimits : COCOConstants.detectionLimits
    }
}
