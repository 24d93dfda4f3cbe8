/// A marked object as it comes from outside.
struct MarkedObject<Shape> {
    var label: Int
    var shape: Shape
    var area: Double
    var isCrowd: Bool
    var isIgnored = false
}

/// A found object as it comes from outside.
struct FoundObject<Shape> {
    var label: Int
    var shape: Shape
    var score: Float
}

/// The objects of an image that can be evaluated.
struct ImageObjects<Shape: EvaluatedShape> {
    let imageID: Int
    var truths: [Truth<Shape>] = []
    var detections: [Candidate<Shape>] = []
}

/// The objects of images that are added one by one, to be evaluated together.
struct ObjectCollector<Shape: EvaluatedShape>: Sendable {
    let classNames: [String]
    let profile: EvaluationProfile
    private(set) var imageIDs: [Int] = []
    private var seen: Set<Int> = []
    private(set) var truths: [Truth<Shape>] = []
    private(set) var detections: [Candidate<Shape>] = []

    init(classNames: [String], profile: EvaluationProfile) {
        (self.classNames, self.profile) = (classNames, profile)
    }

    /// The objects of one image, if they can be evaluated.
    func checked(
        imageID: Int, truths: [MarkedObject<Shape>], detections: [FoundObject<Shape>]
    ) throws(EvaluationError) -> ImageObjects<Shape> {
        guard !seen.contains(imageID) else { throw .repeatedImage(imageID) }
        let image = Int32(imageIDs.count)
        var objects = ImageObjects<Shape>(imageID: imageID)
        for truth in truths {
            let category = try category(of: truth.label, imageID: imageID)
            objects.truths.append(
                Truth(
                    image: image, category: category, shape: truth.shape, area: truth.area, isCrowd: truth.isCrowd,
                    isIgnored: truth.isIgnored))
        }
        for found in detections {
            let category = try category(of: found.label, imageID: imageID)
            guard !found.score.isNaN else {
                throw .notANumber(field: "score", entry: "image \(imageID), detection")
            }
            objects.detections.append(
                Candidate(image: image, category: category, shape: found.shape, score: Double(found.score)))
        }
        return objects
    }

    private func category(of label: Int, imageID: Int) throws(EvaluationError) -> Int32 {
        guard classNames.indices.contains(label) else {
            throw .labelOutOfRange(label, classes: classNames.count, imageID: imageID)
        }
        return Int32(label)
    }

    mutating func append(_ objects: ImageObjects<Shape>) {
        imageIDs.append(objects.imageID)
        seen.insert(objects.imageID)
        truths += objects.truths
        detections += objects.detections
    }

    mutating func merge(_ other: ObjectCollector) throws(EvaluationError) {
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

    /// The metrics with their analysis, and the matches behind them, of objects that stand alone.
    func measured(threads: Int) -> (metrics: DetectionMetrics, matches: MatchedResults) {
        let (metrics, results) = analyzed(threads: threads)
        return (metrics, matches([ObjectMatches(profile: profile, results)]))
    }

    /// What `evaluate` matched, as other modules see it.
    func matches(_ parts: [ObjectMatches]) -> MatchedResults {
        MatchedResults(
            profile: profile, classNames: classNames, imageIDs: imageIDs.sorted(), parts: parts.map { .objects($0) })
    }

    /// With images in the order of their ids, so that the order in which they came does not matter.
    func evaluate(
        detectionLimits: [Int] = COCOConstants.detectionLimits, threads: Int
    ) -> (metrics: DetectionMetrics, results: [CategoryResult]) {
        let order = imageIDs.indices.sorted { imageIDs[$0] < imageIDs[$1] }
        var rank = [Int32](repeating: 0, count: order.count)
        for (place, index) in order.enumerated() { rank[index] = Int32(place) }
        return evaluateObjects(
            profile: profile, detectionLimits: detectionLimits, imageIDs: order.map { imageIDs[$0] },
            classNames: classNames,
            truths: truths.map {
                var truth = $0; truth.image = rank[Int(truth.image)]; return truth
            },
            detections: detections.map {
                var found = $0; found.image = rank[Int(found.image)]; return found
            },
            threads: threads)
    }
}
