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
    public let classNames: [String]
    public let profile: EvaluationProfile
    private var imageIDs: [Int] = []
    private var seen: Set<Int> = []
    private var truths: [Truth] = []
    private var detections: [Candidate] = []

    public init(classNames: [String], profile: EvaluationProfile = .coco) {
        self.classNames = classNames
        self.profile = profile
    }

    public var imageCount: Int { imageIDs.count }

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
        guard !seen.contains(imageID) else { throw .repeatedImage(imageID) }
        let image = Int32(imageIDs.count)
        var newTruths: [Truth] = []
        for truth in truths {
            let box = try checked(truth.box, label: truth.label, imageID: imageID, what: "ground truth")
            newTruths.append(
                Truth(
                    image: image, category: Int32(truth.label), box: box, area: box.area, isCrowd: truth.isCrowd))
        }
        var newDetections: [Candidate] = []
        for detection in detections {
            let box = try checked(detection.box, label: detection.label, imageID: imageID, what: "detection")
            guard !detection.score.isNaN else {
                throw .notANumber(field: "score", entry: "image \(imageID), detection")
            }
            newDetections.append(
                Candidate(image: image, category: Int32(detection.label), box: box, score: Double(detection.score)))
        }
        imageIDs.append(imageID)
        seen.insert(imageID)
        self.truths += newTruths
        self.detections += newDetections
    }

    /// Takes in the images of another evaluator over the same classes.
    public mutating func merge(_ other: DetectionEvaluator) throws(EvaluationError) {
        guard classNames == other.classNames, profile == other.profile else {
            throw .differentClasses(
                expected: classNames + [profile.rawValue], found: other.classNames + [other.profile.rawValue])
        }
        if let repeated = other.imageIDs.first(where: seen.contains) { throw .repeatedImage(repeated) }
        let offset = Int32(imageIDs.count)
        imageIDs += other.imageIDs
        seen.formUnion(other.seen)
        truths += other.truths.map {
            var truth = $0; truth.image += offset; return truth
        }
        detections += other.detections.map {
            var detection = $0; detection.image += offset; return detection
        }
    }

    public func evaluate(threads: Int = availableCores) -> DetectionMetrics {
        let order = imageIDs.indices.sorted { imageIDs[$0] < imageIDs[$1] }
        var rank = [Int32](repeating: 0, count: order.count)
        for (place, index) in order.enumerated() { rank[index] = Int32(place) }
        return evaluateDetections(
            profile: profile, imageIDs: order.map { imageIDs[$0] }, classNames: classNames,
            truths: truths.map {
                var truth = $0; truth.image = rank[Int(truth.image)]; return truth
            },
            detections: detections.map {
                var found = $0; found.image = rank[Int(found.image)]; return found
            },
            notes: [], threads: threads)
    }

    private func checked(
        _ box: BoundingBox, label: Int, imageID: Int, what: String
    ) throws(EvaluationError) -> COCOBox {
        guard classNames.indices.contains(label) else {
            throw .labelOutOfRange(label, classes: classNames.count, imageID: imageID)
        }
        let (x, y) = (Double(box.minX), Double(box.minY))
        let result = COCOBox(x: x, y: y, width: Double(box.maxX) - x, height: Double(box.maxY) - y)
        guard result.isFinite else { throw .notANumber(field: "box", entry: "image \(imageID), \(what)") }
        return result
    }
}

/// The metrics of boxes whose images are numbered in the order of `imageIDs`.
func evaluateDetections(
    profile: EvaluationProfile, imageIDs: [Int], classNames: [String], truths: [Truth], detections: [Candidate],
    notes: [String], threads: Int
) -> DetectionMetrics {
    let limited =
        profile == .ultralytics82
        ? mostConfident(profile.maximumDetections, of: detections, imageCount: imageIDs.count) : detections
    let problem = MatchingProblem(
        profile: profile, imageCount: imageIDs.count, categoryCount: classNames.count, truths: truths,
        detections: limited)
    let results = CategoryResult.all(of: problem, threads: threads)
    return DetectionMetrics(
        results, problem: problem, imageIDs: imageIDs, classNames: classNames, notes: notes, threads: threads)
}

/// The `limit` best-scoring detections of each image, all classes together.
private func mostConfident(_ limit: Int, of detections: [Candidate], imageCount: Int) -> [Candidate] {
    var byImage = [[Int]](repeating: [], count: imageCount)
    for (index, detection) in detections.enumerated() { byImage[Int(detection.image)].append(index) }
    guard byImage.contains(where: { $0.count > limit }) else { return detections }
    return byImage.flatMap { indices in
        indices.sorted { (detections[$1].score, $0) < (detections[$0].score, $1) }.prefix(limit).map { detections[$0] }
    }
}
