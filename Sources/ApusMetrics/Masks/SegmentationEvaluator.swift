import ApusCore
import ApusVision

/// An object that a person outlined.
public struct LabeledMask: Hashable, Sendable {
    public var box: BoundingBox
    /// Index into the class names.
    public var label: Int
    public var mask: InstanceMask
    public var isCrowd: Bool

    public init(_ mask: InstanceMask, box: BoundingBox, label: Int, isCrowd: Bool = false) {
        (self.mask, self.box, self.label, self.isCrowd) = (mask, box, label, isCrowd)
    }
}

/// An object whose outline a model found.
public struct DetectedMask: Hashable, Sendable {
    public var detection: Detection
    public var mask: InstanceMask

    public init(_ detection: Detection, mask: InstanceMask) { (self.detection, self.mask) = (detection, mask) }
}

/// Collects the outlined objects of images one by one and says how good boxes and masks are.
///
/// The result depends on image ids, not on the order in which images are added.
public struct SegmentationEvaluator: Sendable {
    private var boxes: DetectionEvaluator
    private var masks: ObjectCollector<MaskShape>

    public init(classNames: [String], profile: EvaluationProfile = .coco) {
        boxes = DetectionEvaluator(classNames: classNames, profile: profile)
        masks = ObjectCollector(classNames: classNames, profile: profile)
    }

    public var imageCount: Int { boxes.imageCount }

    /// Adds one image; nothing is added where it throws.
    ///
    /// - Parameters:
    ///   - imageID: any number that no other image has.
    ///   - width: of the image and of every mask, in pixels.
    ///   - truths: what is there; the area of a mask decides between small, medium and large.
    ///   - detections: in any order; of equal scores the earlier counts as the more confident.
    /// - Throws: `EvaluationError` for values that are not finite, classes out of range, masks of another size and a
    ///   repeated id.
    public mutating func add(
        imageID: Int, width: Int, height: Int, truths: [LabeledMask], detections: [DetectedMask]
    ) throws(EvaluationError) {
        let marked = try truths.map { (truth) throws(EvaluationError) in
            try check(truth.mask, width, height, "image \(imageID), ground truth")
            let shape = MaskShape(truth.mask)
            return MarkedObject(label: truth.label, shape: shape, area: shape.area, isCrowd: truth.isCrowd)
        }
        let found = try detections.map { (found) throws(EvaluationError) in
            try check(found.mask, width, height, "image \(imageID), detection")
            return FoundObject(
                label: found.detection.label, shape: MaskShape(found.mask), score: found.detection.score)
        }
        let objects = try masks.checked(imageID: imageID, truths: marked, detections: found)
        try boxes.add(
            imageID: imageID, width: width, height: height,
            truths: truths.map { LabeledBox($0.box, label: $0.label, isCrowd: $0.isCrowd) },
            detections: detections.map(\.detection))
        masks.append(objects)
    }

    /// Takes in the images of another evaluator over the same classes.
    public mutating func merge(_ other: SegmentationEvaluator) throws(EvaluationError) {
        try masks.merge(other.masks)
        try boxes.merge(other.boxes)
    }

    public func evaluate(threads: Int = availableCores) -> SegmentationMetrics {
        SegmentationMetrics(
            boxes: boxes.evaluate(threads: threads), masks: masks.evaluate(threads: threads).metrics)
    }

    /// The metrics with their analysis, and the matches behind them for parts of the images and for statistics.
    public func evaluateWithMatches(
        threads: Int = availableCores
    ) -> (metrics: SegmentationMetrics, matches: MatchedResults) {
        let (boxMetrics, boxMatches) = boxes.evaluateWithMatches(threads: threads)
        let (maskMetrics, results) = masks.analyzed(threads: threads)
        let matches = boxMatches.adding(.objects(ObjectMatches(prefix: "mask/", profile: masks.profile, results)))
        return (SegmentationMetrics(boxes: boxMetrics, masks: maskMetrics), matches)
    }

    private func check(
        _ mask: InstanceMask, _ width: Int, _ height: Int, _ entry: @autoclosure () -> String
    ) throws(EvaluationError) {
        guard mask.width == width, mask.height == height else {
            throw .unusableMask(
                entry: entry(), reason: "a mask of \(mask.width)×\(mask.height) in an image of \(width)×\(height)")
        }
    }
}

/// How good a segmenter's boxes and masks are.
public struct SegmentationMetrics: TaskMetrics, Codable, Hashable {
    public var boxes: DetectionMetrics
    /// Matched and measured by the overlap of masks.
    public var masks: DetectionMetrics

    public var headline: [NamedValue] {
        [
            NamedValue("mAP50", boxes.mAP50), NamedValue("mAP50-95", boxes.mAP50_95),
            NamedValue("mask/mAP50", masks.mAP50), NamedValue("mask/mAP50-95", masks.mAP50_95),
        ]
    }
    /// The boxes' as a detector's, the masks' as `mask/mAP50`, ….
    public var values: [String: Double] { boxes.values.merging(masks.values(prefix: "mask/")) { own, _ in own } }
    public var fitnessName: String { "mask/mAP50-95" }
    public func jsonData() -> [UInt8] { sortedJSON(self) }
}
