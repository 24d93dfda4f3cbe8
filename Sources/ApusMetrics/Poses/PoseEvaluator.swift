import ApusCore
import ApusVision

/// An object whose keypoints a person marked.
public struct LabeledPose: Hashable, Sendable {
    public var box: BoundingBox
    /// Index into the class names.
    public var label: Int
    public var keypoints: Keypoints
    /// Square pixels; the box's area where nobody outlined the object.
    public var area: Double?
    public var isCrowd: Bool

    public init(_ keypoints: Keypoints, box: BoundingBox, label: Int = 0, area: Double? = nil, isCrowd: Bool = false) {
        (self.keypoints, self.box, self.label, self.area) = (keypoints, box, label, area)
        self.isCrowd = isCrowd
    }
}

/// Collects the poses of images one by one and says how good boxes and keypoints are.
///
/// Poses are matched by object keypoint similarity. In profile `ultralytics-8.2` an object's area is 0.53 of its
/// box's, and one without marks is missed; in `coco` it is its own, and one without marks does not count.
public struct PoseEvaluator: Sendable {
    /// `nil` where boxes are given.
    private var boxes: DetectionEvaluator?
    private var poses: ObjectCollector<PoseShape>
    private let accuracy: KeypointAccuracy
    private let variances: [Double]

    /// - Parameters:
    ///   - keypointNames: numbers stand for those that are missing.
    ///   - sigmas: the dataset's, one for each keypoint.
    ///   - findsBoxes: false for a model that is told the objects' boxes: there is nothing to say about them.
    /// - Throws: `EvaluationError.unusableSigmas` where there are none or one is not above 0.
    public init(
        classNames: [String], keypointNames: [String] = [], sigmas: [Double], profile: EvaluationProfile = .coco,
        findsBoxes: Bool = true
    ) throws(EvaluationError) {
        variances = try KeypointSigmas.variances(sigmas)
        accuracy = try KeypointAccuracy(names: keypointNames, sigmas: sigmas)
        boxes = findsBoxes ? DetectionEvaluator(classNames: classNames, profile: profile) : nil
        poses = ObjectCollector(classNames: classNames, profile: profile)
    }

    public var imageCount: Int { poses.imageIDs.count }

    /// Adds one image; nothing is added where it throws.
    ///
    /// - Parameters:
    ///   - imageID: any number that no other image has.
    ///   - width: of the image, in pixels; boxes and points must be in the same pixels.
    ///   - detections: with keypoints, in any order; of equal scores the earlier counts as the more confident.
    /// - Throws: `EvaluationError` for values that are not finite, classes out of range, another number of keypoints
    ///   and a repeated id.
    public mutating func add(
        imageID: Int, width: Int, height: Int, truths: [LabeledPose], detections: [Detection]
    ) throws(EvaluationError) {
        let marked = try truths.map { (truth) throws(EvaluationError) in
            try self.marked(truth, "image \(imageID), ground truth")
        }
        let found = try detections.map { (detection) throws(EvaluationError) in
            try self.found(detection, "image \(imageID), detection")
        }
        let objects = try poses.checked(imageID: imageID, truths: marked, detections: found)
        try boxes?.add(
            imageID: imageID, width: width, height: height,
            truths: truths.map { LabeledBox($0.box, label: $0.label, isCrowd: $0.isCrowd) }, detections: detections)
        poses.append(objects)
    }

    private func marked(
        _ truth: LabeledPose, _ entry: String
    ) throws(EvaluationError) -> MarkedObject<PoseShape> {
        let box = try COCOBox(truth.box, entry)
        let area = truth.area ?? box.area
        guard area.isFinite else { throw .notANumber(field: "area", entry: entry) }
        let shape = PoseShape(
            truth: try truth.keypoints.checked(count: variances.count, entry),
            isMarked: truth.keypoints.points.map { $0.visibility != .absent }, box: box, area: area,
            variances: variances, profile: poses.profile)
        return MarkedObject(
            label: truth.label, shape: shape, area: area, isCrowd: truth.isCrowd, isIgnored: shape.markedCount == 0)
    }

    private func found(
        _ detection: Detection, _ entry: String
    ) throws(EvaluationError) -> FoundObject<PoseShape> {
        let points = try (detection.keypoints ?? Keypoints([])).checked(count: variances.count, entry)
        return FoundObject(
            label: detection.label, shape: PoseShape(found: points, area: try COCOBox(detection.box, entry).area),
            score: detection.score)
    }

    /// Takes in the images of another evaluator over the same classes and keypoints.
    public mutating func merge(_ other: PoseEvaluator) throws(EvaluationError) {
        precondition(variances == other.variances, "poses of other keypoints cannot be merged")
        try poses.merge(other.poses)
        if let others = other.boxes { try boxes?.merge(others) }
    }

    public func evaluate(threads: Int = availableCores) -> PoseMetrics { evaluateWithMatches(threads: threads).metrics }

    /// The metrics with their analysis, and the matches behind them for parts of the images and for statistics.
    public func evaluateWithMatches(
        threads: Int = availableCores
    ) -> (metrics: PoseMetrics, matches: MatchedResults) {
        let found = boxes?.evaluateWithMatches(threads: threads)
        let (metrics, results) = poses.analyzed(
            detectionLimits: COCOConstants.keypointDetectionLimits, threads: threads)
        let stats = poses.profile == .coco ? keypointStatistics(results).map { $0 == -1 ? nil : $0 } : []
        let (accuracy, images) = keypoints(confidence: metrics.confidence ?? 0)
        let matches = (found?.matches ?? poses.matches([]))
            .adding(
                .objects(ObjectMatches(prefix: "pose/", profile: poses.profile, recallName: "AR", results))
            )
            .adding(.keypoints(KeypointMatches(prefix: "pose/", images: images)))
        return (PoseMetrics(boxes: found?.metrics, poses: metrics, stats: stats, keypoints: accuracy), matches)
    }

    /// The accuracy of each truth's nearest detection that is confident enough, and the counts behind it by image.
    private func keypoints(confidence: Double) -> (all: KeypointMetrics, images: [KeypointMatches.Counts]) {
        var all = accuracy
        var images = [KeypointMatches.Counts](repeating: .init(), count: poses.imageIDs.count)
        let truths = Grouped(poses.truths, imageCount: images.count, categoryCount: poses.classNames.count)
        let detections = Grouped(
            poses.detections.filter { $0.score >= confidence }, imageCount: images.count,
            categoryCount: poses.classNames.count)
        for category in poses.classNames.indices {
            var found = detections.elements[detections.range(ofCategory: category)]
            for group in truths.elements[truths.range(ofCategory: category)].byImage {
                let image = group[group.startIndex].image
                found = found.drop { $0.image < image }
                var own = accuracy
                for (truth, detection) in nearest(group, found.prefix { $0.image == image }) {
                    own.add(truth, found: detection)
                }
                images[Int(image)] += own.total
                all.merge(own)
            }
        }
        let order = images.indices.sorted { poses.imageIDs[$0] < poses.imageIDs[$1] }
        return (all.value, order.map { images[$0] })
    }
}

/// Each truth that counts with its detection: the likest pair first, each once.
private func nearest(
    _ truths: ArraySlice<Truth<PoseShape>>, _ detections: ArraySlice<Candidate<PoseShape>>
) -> [(truth: PoseShape, found: PoseShape?)] {
    let counted = truths.filter { !$0.isCrowd && !$0.isIgnored }.map(\.shape)
    var pairs: [(likeness: Double, truth: Int, detection: Int)] = []
    for (index, truth) in counted.enumerated() {
        for (other, detection) in detections.enumerated() {
            pairs.append((detection.shape.overlap(with: truth, isCrowd: false), index, other))
        }
    }
    pairs.sort { ($1.likeness, $0.truth, $0.detection) < ($0.likeness, $1.truth, $1.detection) }
    var found = [Int?](repeating: nil, count: counted.count)
    var taken = Set<Int>()
    for pair in pairs where pair.likeness > 0 && found[pair.truth] == nil && !taken.contains(pair.detection) {
        found[pair.truth] = pair.detection
        taken.insert(pair.detection)
    }
    return zip(counted, found).map { truth, index in
        (truth, index.map { detections[detections.startIndex + $0].shape })
    }
}

extension ArraySlice where Element: Indexed {
    /// Runs of elements of one image.
    fileprivate var byImage: [ArraySlice<Element>] {
        var runs: [ArraySlice<Element>] = []
        var rest = self
        while let first = rest.first {
            let run = rest.prefix { $0.image == first.image }
            runs.append(run)
            rest = rest.dropFirst(run.count)
        }
        return runs
    }
}

/// How good a pose model's boxes and keypoints are.
public struct PoseMetrics: TaskMetrics, Codable, Hashable {
    /// `nil` where the model was told the boxes.
    public var boxes: DetectionMetrics?
    /// Matched and measured by object keypoint similarity; numbers that COCO does not have for keypoints are `nil`.
    public var poses: DetectionMetrics
    /// pycocotools' ten numbers: AP, AP50, AP75, AP medium, large, AR, AR50, AR75, AR medium, large; empty in other
    /// profiles than `coco`.
    public var stats: [Double?]
    /// Of the detections that `poses.confidence` keeps.
    public var keypoints: KeypointMetrics

    public var headline: [NamedValue] {
        let found = boxes.map { [NamedValue("mAP50", $0.mAP50), NamedValue("mAP50-95", $0.mAP50_95)] } ?? []
        return found + [
            NamedValue("pose/mAP50", poses.mAP50), NamedValue("pose/mAP50-95", poses.mAP50_95),
            NamedValue("pose/PCK-0.1", keypoints.all.pck[1]),
        ]
    }
    /// The boxes', where they were found, as a detector's, the keypoints' as `pose/mAP50`, `pose/PCK-0.1`, `pose/OKS/nose`, ….
    public var values: [String: Double] {
        var values = (boxes?.values ?? [:]).merging(poses.values(prefix: "pose/")) { own, _ in own }
        for (name, value) in keypoints.values { values["pose/" + name] = value }
        if stats.count > 5 { values["pose/AR"] = stats[5] }
        return values
    }
    public var fitnessName: String { "pose/mAP50-95" }
    public func jsonData() -> [UInt8] { sortedJSON(self) }
}
