import ApusCore
import ApusVision

extension OrientedShape: EvaluatedShape {}

/// A rectangle at an angle that a person drew.
public struct LabeledRectangle: Hashable, Sendable {
    public var rectangle: OrientedRectangle
    /// Index into the class names.
    public var label: Int
    public var isCrowd: Bool

    public init(_ rectangle: OrientedRectangle, label: Int, isCrowd: Bool = false) {
        (self.rectangle, self.label, self.isCrowd) = (rectangle, label, isCrowd)
    }
}

/// A rectangle at an angle that a model found.
public struct DetectedRectangle: Hashable, Sendable {
    public var rectangle: OrientedRectangle
    public var label: Int
    /// Confidence in `0...1`.
    public var score: Float

    public init(_ rectangle: OrientedRectangle, label: Int, score: Float) {
        (self.rectangle, self.label, self.score) = (rectangle, label, score)
    }
}

/// Collects rectangles at angles image by image and says how good the detections are, by exact overlaps.
///
/// The result depends on image ids, not on the order in which images are added.
public struct OrientedEvaluator: Sendable {
    private var objects: ObjectCollector<OrientedShape>

    public init(classNames: [String], profile: EvaluationProfile = .coco) {
        objects = ObjectCollector(classNames: classNames, profile: profile)
    }

    public var imageCount: Int { objects.imageIDs.count }

    /// Adds one image; nothing is added where it throws.
    ///
    /// - Parameters:
    ///   - imageID: any number that no other image has.
    ///   - truths: in pixels; the area of a rectangle decides between small, medium and large.
    ///   - detections: in any order; of equal scores the earlier counts as the more confident.
    /// - Throws: `EvaluationError` for values that are not finite, classes out of range and a repeated id.
    public mutating func add(
        imageID: Int, truths: [LabeledRectangle], detections: [DetectedRectangle]
    ) throws(EvaluationError) {
        let marked = try truths.map { (truth) throws(EvaluationError) in
            let shape = try checked(truth.rectangle, "image \(imageID), ground truth")
            return MarkedObject(label: truth.label, shape: shape, area: shape.area, isCrowd: truth.isCrowd)
        }
        let found = try detections.map { (found) throws(EvaluationError) in
            let shape = try checked(found.rectangle, "image \(imageID), detection")
            return FoundObject(label: found.label, shape: shape, score: found.score)
        }
        objects.append(try objects.checked(imageID: imageID, truths: marked, detections: found))
    }

    /// Takes in the images of another evaluator over the same classes.
    public mutating func merge(_ other: OrientedEvaluator) throws(EvaluationError) {
        try objects.merge(other.objects)
    }

    public func evaluate(threads: Int = availableCores) -> DetectionMetrics {
        objects.evaluate(threads: threads).metrics
    }

    /// The metrics with their analysis, and the matches behind them for parts of the images and for statistics.
    public func evaluateWithMatches(
        threads: Int = availableCores
    ) -> (metrics: DetectionMetrics, matches: MatchedResults) {
        objects.measured(threads: threads)
    }

    private func checked(
        _ rectangle: OrientedRectangle, _ entry: @autoclosure () -> String
    ) throws(EvaluationError) -> OrientedShape {
        guard rectangle.isFinite else { throw .notANumber(field: "box", entry: entry()) }
        return OrientedShape(rectangle)
    }
}
