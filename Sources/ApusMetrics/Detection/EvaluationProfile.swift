/// The rules by which detections are matched to ground truth and precision is integrated.
///
/// Numbers of different profiles must not be compared, so every result carries its profile.
public enum EvaluationProfile: String, Codable, Hashable, Sendable, CaseIterable {
    /// COCO box evaluation; the numbers equal pycocotools 2.0.11.
    case coco
    /// The rules of Ultralytics 8.2, for comparing with its logs: the 300 most confident detections of an image,
    /// crowds taken as ordinary boxes, each detection tied to its best box, trapezoids over 101 recalls.
    case ultralytics82 = "ultralytics-8.2"

    /// The most confident detections of one image and class (`coco`) or of one image (`ultralytics-8.2`) that count.
    public var maximumDetections: Int { self == .coco ? 100 : 300 }
    /// Overlap from which the confusion matrix pairs boxes.
    var confusionOverlap: Double { self == .coco ? 0.5 : 0.45 }
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
