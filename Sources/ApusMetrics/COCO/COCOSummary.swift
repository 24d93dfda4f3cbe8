import ApusCore
import FoundationEssentials

/// What `apus evaluate coco` says: pycocotools' numbers, and what it keeps to itself.
public struct COCOSummary: Encodable, Sendable {
    public let profile: EvaluationProfile
    public let type: COCOEvaluationType
    public let imageCount, classCount: Int
    /// Objects of the ground truth that count; crowds do not.
    public let instanceCount: Int
    public let detectionCount: Int
    /// In pycocotools' order; −1 where there is nothing to count.
    public let stats: [Double]
    /// What each of `stats` is.
    public let statNames: [String]
    /// By ascending id.
    public let perClass: [COCOClassSummary]
    /// What a reader must know to trust the numbers.
    public let notes: [String]

    enum CodingKeys: String, CodingKey {
        case profile, type, stats, notes
        case imageCount = "image_count"
        case classCount = "class_count"
        case instanceCount = "instance_count"
        case detectionCount = "detection_count"
        case statNames = "stat_names"
        case perClass = "per_class"
    }

    /// JSON with sorted keys: equal numbers give equal bytes.
    public func jsonData() -> [UInt8] { sortedJSON(self) }
}

/// How well one class was found.
public struct COCOClassSummary: Encodable, Sendable {
    public let id: Int
    public let name: String
    public let instances, detections: Int
    /// Averaged over the overlaps 0.50 to 0.95, and at 0.50 and 0.75; −1 without instances.
    public let ap, ap50, ap75: Double

    enum CodingKeys: String, CodingKey {
        case id, name, instances, detections
        case ap = "AP"
        case ap50 = "AP50"
        case ap75 = "AP75"
    }
}

extension COCOSummary {
    /// Reads and compares two COCO files.
    ///
    /// - Throws: `EvaluationError` for files that cannot be read or evaluated.
    public init(
        groundTruth: String, detections: String, type: COCOEvaluationType = .boxes,
        profile: EvaluationProfile = .coco, sigmas: [Double] = KeypointSigmas.coco, threads: Int = availableCores
    ) throws(EvaluationError) {
        self = try COCOComparison(
            groundTruth: groundTruth, detections: detections, type: type, profile: profile, sigmas: sigmas,
            threads: threads
        ).summary
    }

    init(_ objects: ComparedObjects, threads: Int) {
        let classes = objects.classes(threads)
        (profile, type, statNames) = (objects.scheme.profile, objects.scheme.type, objects.scheme.names)
        (imageCount, classCount, notes) = (
            objects.imageIDs.count, objects.categories.count, objects.notes
        )
        instanceCount = classes.reduce(0) { $0 + $1.instances }
        detectionCount = classes.reduce(0) { $0 + $1.detections }
        stats = ClassEvaluation.means(classes, count: statNames.count)
        perClass = zip(objects.categories, classes).map(COCOClassSummary.init)
    }

    /// What was compared, in a line.
    public var header: String {
        """
        \(type.rawValue), profile \(profile.rawValue): \(imageCount) images, \(classCount) classes, \
        \(instanceCount) objects, \(detectionCount) detections
        """
    }

    /// The numbers as pycocotools prints them, a line each.
    public var table: String {
        guard profile == .coco else {
            return zip(statNames, stats).map { "\($0.padded(to: 12)) = \(threeDecimals($1))" }.joined(separator: "\n")
        }
        let rows = type == .keypoints ? StatRow.keypoints : StatRow.objects
        return zip(rows, stats).map { $0.line($1) }.joined(separator: "\n")
    }
}

extension COCOClassSummary {
    fileprivate init(_ category: COCOCategory, _ values: ClassEvaluation) {
        (id, name) = (category.id, category.name)
        (instances, detections) = (values.instances, values.detections)
        ap = values.precision.average ?? -1
        ap50 = values.precision.atHalf ?? -1
        ap75 = values.precision.atThreeQuarters ?? -1
    }
}

/// A summary, and what it was made of: a process that ends while this lives need not free objects one by one.
public struct COCOComparison: Sendable {
    public let summary: COCOSummary
    private let objects: ComparedObjects

    /// Reads and compares two COCO files.
    ///
    /// - Throws: `EvaluationError` for files that cannot be read or evaluated.
    public init(
        groundTruth: String, detections: String, type: COCOEvaluationType = .boxes,
        profile: EvaluationProfile = .coco, sigmas: [Double] = KeypointSigmas.coco, threads: Int = availableCores
    ) throws(EvaluationError) {
        objects = try comparedObjects(
            COCODataset(contentsOf: groundTruth, for: type, threads: threads),
            .file(DetectionFile(path: detections, type: type)),
            type: type, profile: profile, sigmas: sigmas, threads: threads)
        summary = COCOSummary(objects, threads: threads)
    }
}

/// One line of pycocotools' table.
private struct StatRow {
    var isRecall = false
    var overlap = "0.50:0.95"
    var area = "all"
    var limit = 100

    static let objects =
        [StatRow(), StatRow(overlap: "0.50"), StatRow(overlap: "0.75")]
        + ["small", "medium", "large"].map { StatRow(area: $0) }
        + [1, 10, 100].map { StatRow(isRecall: true, limit: $0) }
        + ["small", "medium", "large"].map { StatRow(isRecall: true, area: $0) }

    static let keypoints = [false, true].flatMap { isRecall in
        ["0.50:0.95", "0.50", "0.75"].map { StatRow(isRecall: isRecall, overlap: $0, limit: 20) }
            + ["medium", "large"].map { StatRow(isRecall: isRecall, area: $0, limit: 20) }
    }

    func line(_ value: Double) -> String {
        let title = (isRecall ? "Average Recall" : "Average Precision").padded(to: 18)
        let limit = "\(limit)".paddedLeft(to: 3)
        return " \(title) \(isRecall ? "(AR)" : "(AP)") @[ IoU=\(overlap.padded(to: 9)) "
            + "| area=\(area.paddedLeft(to: 6)) | maxDets=\(limit) ] = \(threeDecimals(value))"
    }
}

/// As `%.3f` writes a number from −1 to 1.
private func threeDecimals(_ value: Double) -> String {
    let thousandths = Int((abs(value) * 1000).rounded(.toNearestOrEven))
    let digits = "\(thousandths % 1000)".paddedLeft(to: 3, with: "0")
    return "\(value < 0 ? "-" : "")\(thousandths / 1000).\(digits)"
}

extension String {
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }

    fileprivate func paddedLeft(to width: Int, with fill: String = " ") -> String {
        String(repeating: fill, count: max(0, width - count)) + self
    }
}
