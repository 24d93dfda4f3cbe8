import ApusCore
import ApusVision

/// Collects the boxes of images one by one and says how good the detections are.
///
///     var evaluator = DetectionEvaluator(classNames: dataset.classNames)
///     for image in images {
///         try evaluator.add(imageID: …, width: …, height: …, truths: …, detections: …)
///     }
///     let metrics = evaluator.evaluate()
///
/// The result depends on image ids, not on the order in which images are added.
public struct DetectionEvaluator: Sendable {
    private var objects: ObjectCollector<COCOBox>

    public init(classNames: [String], profile: EvaluationProfile = .coco) {
        objects = ObjectCollector(classNames: classNames, profile: profile)
    }

    public var classNames: [String] { objects.classNames }
    public var profile: EvaluationProfile { objects.profile }
    public var imageCount: Int { objects.imageIDs.count }

    /// Adds one image; nothing is added where it throws.
    ///
    /// - Parameters:
    ///   - imageID: any number that no other image has.
    ///   - width: of the image, in pixels; boxes must be in the same pixels, and may reach beyond it.
    ///   - truths: what is there; the area of a box decides between small, medium and large.
    ///   - detections: in any order; of equal scores the earlier counts as the more confident.
    /// - Throws: `EvaluationError` for values that are not finite, classes out of range and a repeated id.
    public mutating func add(
        imageID: Int, width: Int, height: Int, truths: [LabeledBox], detections: [Detection]
    ) throws(EvaluationError) {
        objects.append(try checked(imageID, truths, detections))
    }

    private func checked(
        _ imageID: Int, _ truths: [LabeledBox], _ detections: [Detection]
    ) throws(EvaluationError) -> ImageObjects<COCOBox> {
        let marked = try truths.map { (truth) throws(EvaluationError) in
            let box = try COCOBox(truth.box, "image \(imageID), ground truth")
            return MarkedObject(label: truth.label, shape: box, area: box.area, isCrowd: truth.isCrowd)
        }
        let found = try detections.map { (detection) throws(EvaluationError) in
            let box = try COCOBox(detection.box, "image \(imageID), detection")
            return FoundObject(label: detection.label, shape: box, score: detection.score)
        }
        return try objects.checked(imageID: imageID, truths: marked, detections: found)
    }

    /// Takes in the images of another evaluator over the same classes.
    public mutating func merge(_ other: DetectionEvaluator) throws(EvaluationError) {
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
}

extension COCOBox {
    /// - Parameter entry: what an error calls the box's owner.
    init(_ box: BoundingBox, _ entry: @autoclosure () -> String) throws(EvaluationError) {
        let (x, y) = (Double(box.minX), Double(box.minY))
        self.init(x: x, y: y, width: Double(box.maxX) - x, height: Double(box.maxY) - y)
        guard isFinite else { throw .notANumber(field: "box", entry: entry()) }
    }
}

/// The matches and the metrics of objects whose images are numbered in the order of `imageIDs`.
func evaluateObjects<Shape: EvaluatedShape>(
    profile: EvaluationProfile, detectionLimits: [Int] = COCOConstants.detectionLimits, imageIDs: [Int],
    classNames: [String], truths: [Truth<Shape>], detections: [Candidate<Shape>], notes: [String] = [], threads: Int
) -> (metrics: DetectionMetrics, results: [CategoryResult]) {
    let problem = MatchingProblem(
        profile: profile, detectionLimits: detectionLimits, imageCount: imageIDs.count,
        categoryCount: classNames.count, truths: truths, detections: limited(detections, profile, imageIDs.count))
    let results = CategoryResult.all(of: problem, threads: threads)
    let metrics = DetectionMetrics(
        results, problem: problem, imageIDs: imageIDs, classNames: classNames, notes: notes, threads: threads)
    return (metrics, results)
}

/// Without what a profile leaves out before it looks at classes.
func limited<Shape>(
    _ detections: [Candidate<Shape>], _ profile: EvaluationProfile, _ imageCount: Int
) -> [Candidate<Shape>] {
    guard profile.limitsImages, let limit = profile.maximumDetections else { return detections }
    return mostConfident(limit, of: detections, imageCount: imageCount)
}

/// The `limit` best-scoring detections of each image, all classes together.
private func mostConfident<Shape>(
    _ limit: Int, of detections: [Candidate<Shape>], imageCount: Int
) -> [Candidate<Shape>] {
    var byImage = [[Int]](repeating: [], count: imageCount)
    for (index, detection) in detections.enumerated() { byImage[Int(detection.image)].append(index) }
    guard byImage.contains(where: { $0.count > limit }) else { return detections }
    return byImage.flatMap { indices in
        indices.sorted { (detections[$1].score, $0) < (detections[$0].score, $1) }.prefix(limit).map { detections[$0] }
    }
}
