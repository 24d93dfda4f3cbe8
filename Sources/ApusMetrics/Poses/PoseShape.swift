import Glibc

/// The keypoints of one object as evaluation compares them, by object keypoint similarity (OKS).
///
/// Ronchi and Perona, *Benchmarking and Error Diagnosis in Multi-Instance Pose Estimation*,
/// <https://arxiv.org/abs/1707.05388>.
struct PoseShape: EvaluatedShape {
    let points: [SIMD2<Double>]
    /// Empty for a detection.
    let isMarked: [Bool]
    let markedCount: Int
    let box: COCOBox
    let area: Double
    /// (2σ)² of each point.
    let variances: [Double]
    /// COCO: a truth without marks is a region around its box; else nothing is like it.
    let isRegionWithoutMarks: Bool

    init(
        truth points: [SIMD2<Double>], isMarked: [Bool], box: COCOBox, area: Double, variances: [Double],
        profile: EvaluationProfile
    ) {
        (self.points, self.isMarked, self.box, self.variances) = (points, isMarked, box, variances)
        markedCount = isMarked.count { $0 }
        self.area = profile == .ultralytics82 ? box.area * 0.53 : area
        isRegionWithoutMarks = profile != .ultralytics82
    }

    init(found points: [SIMD2<Double>], area: Double) {
        (self.points, self.area) = (points, area)
        (isMarked, markedCount, variances) = ([], 0, [])
        (box, isRegionWithoutMarks) = (COCOBox(x: 0, y: 0, width: 0, height: 0), false)
    }

    func overlap(with truth: PoseShape, isCrowd: Bool) -> Double {
        guard truth.markedCount > 0 || truth.isRegionWithoutMarks else { return 0 }
        let likenesses = truth.likenesses(points)
        return pairwiseSum(likenesses[...]) / Double(likenesses.count)
    }

    /// The likeness of each marked point of this truth, or of all points to the region around it.
    func likenesses(_ found: [SIMD2<Double>]) -> [Double] {
        var values: [Double] = []
        values.reserveCapacity(points.count)
        for (index, point) in found.enumerated() where markedCount == 0 || isMarked[index] {
            let away = markedCount > 0 ? point - points[index] : distanceToRegion(point)
            values.append(likeness(of: away, at: index))
        }
        return values
    }

    func likeness(of away: SIMD2<Double>, at index: Int) -> Double {
        let squared = away.x * away.x + away.y * away.y
        return exp(-(squared / variances[index] / (area + 0x1p-52) / 2))
    }

    /// How far a point lies outside the box grown by its own size on every side.
    private func distanceToRegion(_ point: SIMD2<Double>) -> SIMD2<Double> {
        let low = SIMD2(box.x - box.width, box.y - box.height)
        let high = SIMD2(box.x + box.width * 2, box.y + box.height * 2)
        return pointwiseMax(SIMD2(), low - point) + pointwiseMax(SIMD2(), point - high)
    }
}

/// A sum in NumPy's order, so that it rounds as NumPy's does.
func pairwiseSum(_ values: ArraySlice<Double>) -> Double {
    guard values.count >= 8 else { return values.reduce(0, +) }
    guard values.count <= 128 else {
        let half = values.count / 2 / 8 * 8
        return pairwiseSum(values.prefix(half)) + pairwiseSum(values.dropFirst(half))
    }
    var sums = Array(values.prefix(8))
    let whole = values.count / 8 * 8
    for (place, value) in values.dropFirst(8).prefix(whole - 8).enumerated() { sums[place % 8] += value }
    let sum = ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]))
    return values.dropFirst(whole).reduce(sum, +)
}

/// The poses of COCO files.
struct PoseShapes: COCOShapes {
    private let variances: [Double]
    private let profile: EvaluationProfile

    init(sigmas: [Double], profile: EvaluationProfile = .coco) throws(EvaluationError) {
        variances = try KeypointSigmas.variances(sigmas)
        self.profile = profile
    }

    func truth(_ annotation: COCOAnnotation) throws(EvaluationError) -> (
        shape: PoseShape, isIgnored: Bool
    ) {
        let entry = "annotation \(annotation.id)"
        guard annotation.box.isFinite else { throw .notANumber(field: "box", entry: entry) }
        let points = try points(annotation.keypoints, entry)
        let isMarked = variances.indices.map { annotation.keypoints[3 * $0 + 2] > 0 }
        let shape = PoseShape(
            truth: points, isMarked: isMarked, box: annotation.box, area: annotation.area, variances: variances,
            profile: profile)
        return (shape, (annotation.keypointCount ?? shape.markedCount) == 0)
    }

    func detection(_ detection: COCODetection, at index: Int) throws(EvaluationError) -> PoseShape {
        let points = try points(detection.keypoints, "detection \(index)")
        guard detection.box.isFinite else { throw .notANumber(field: "box", entry: "detection \(index)") }
        return PoseShape(found: points, area: detection.box.area)
    }

    private func points(_ values: [Double], _ entry: String) throws(EvaluationError) -> [SIMD2<Double>] {
        guard values.count == 3 * variances.count else {
            throw .keypointCount(values.count, expected: variances.count, entry: entry)
        }
        guard values.allSatisfy(\.isFinite) else { throw .notANumber(field: "keypoints", entry: entry) }
        return variances.indices.map { SIMD2(values[3 * $0], values[3 * $0 + 1]) }
    }
}
