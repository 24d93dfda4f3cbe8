/// How detections are matched with the ground truth and how precision is integrated.
///
/// Numbers of different profiles must not be compared, so every result carries its profile.
public enum EvaluationProfile: String, Codable, Hashable, Sendable, CaseIterable {
    /// COCO evaluation; the numbers equal pycocotools 2.0.11.
    case coco
    /// The rules of Ultralytics 8.2, for comparing with its logs: the 300 most confident detections of an image,
    /// crowds taken as ordinary boxes, each detection tied to its best box, trapezoids over 101 recalls.
    case ultralytics82 = "ultralytics-8.2"
    /// Pascal VOC 2007: at overlap 0.5 each detection is tied to its best object, and precision is averaged over the
    /// recalls 0, 0.1, … 1.
    ///
    /// Everingham et al., *The Pascal Visual Object Classes Challenge*, <https://doi.org/10.1007/s11263-009-0275-4>.
    /// Objects marked `difficult` (or `ignore`, or as a crowd) count neither as found nor as missed. VOC's boxes are
    /// pixels with both ends included, and its overlap adds 1 to every side; here as everywhere boxes are areas, so
    /// that width is xmax − xmin + 1, and the plain overlap of such boxes is VOC's.
    case voc07
    /// Pascal VOC 2010 to 2012: as `voc07`, but the area under the precision envelope.
    case voc12
    /// LVIS: COCO's rules over classes that were not looked for in every image; equal to the LVIS API 0.5.3.
    ///
    /// Gupta et al., *LVIS*, <https://arxiv.org/abs/1908.03195>. The 300 most confident detections of an image count;
    /// those of a class that the image neither has nor is known not to have (`neg_category_ids`) are left out, and
    /// where not every object was marked (`not_exhaustive_category_ids`) those without a match do not count. Without
    /// such lists every class counts in every image.
    case lvis

    /// The most confident detections of one image and class (`coco`) or of one image (`ultralytics-8.2`, `lvis`) that
    /// count; `nil` where all do.
    public var maximumDetections: Int? {
        switch self {
        case .coco: 100
        case .ultralytics82, .lvis: 300
        case .voc07, .voc12: nil
        }
    }

    /// How precision becomes one number.
    enum Integration {
        /// The mean over COCO's recalls, in every area range.
        case recalls
        case trapezoids
        /// The mean over eleven recalls.
        case elevenPoints
        /// The area under the envelope.
        case envelope
    }

    var integration: Integration {
        switch self {
        case .coco, .lvis: .recalls
        case .ultralytics82: .trapezoids
        case .voc07: .elevenPoints
        case .voc12: .envelope
        }
    }

    /// Whether the number of an image's detections is limited, whatever their classes.
    var limitsImages: Bool { self == .ultralytics82 || self == .lvis }
    /// Whether any number of detections may lie in a crowd, and be measured by their own area.
    var knowsCrowds: Bool { self == .coco }
    /// Whether some truths count neither as found nor as missed.
    var ignoresTruths: Bool { self != .ultralytics82 }
    /// Overlap from which the confusion matrix pairs boxes.
    var confusionOverlap: Double { self == .ultralytics82 ? 0.45 : 0.5 }

    /// The numbers of detections of an image and class at which recall is measured.
    func detectionLimits(_ ofType: [Int]) -> [Int] {
        switch self {
        case .coco: ofType
        case .lvis: [300]
        case .ultralytics82, .voc07, .voc12: []
        }
    }
}

/// The thresholds, recalls, area ranges and detection limits of COCO box evaluation.
enum COCOConstants {
    static let overlapCount = 10
    /// Exactly numpy's `linspace(0.5, 0.95, 10)`, rounding included.
    static let overlaps = evenlySpaced(from: 0.5, through: 0.95, count: overlapCount)
    static let recallCount = 101
    /// Exactly numpy's `linspace(0, 1, 101)`.
    static let recalls = evenlySpaced(from: 0, through: 1, count: recallCount)
    /// Square pixels, both ends included.
    static let areaRanges: [ClosedRange<Double>] = [0...1e10, 0...1024, 1024...9216, 9216...1e10]
    static let detectionLimits = [1, 10, 100]
    static let keypointDetectionLimits = [20]

    private static func evenlySpaced(from first: Double, through last: Double, count: Int) -> [Double] {
        let step = (last - first) / Double(count - 1)
        var values = (0..<count).map { Double($0) * step + first }
        values[count - 1] = last
        return values
    }
}

/// The ranges of box area that COCO reports on, in square pixels.
public enum AreaRange: Int, CaseIterable, Codable, Hashable, Sendable {
    case all, small, medium, large
}
