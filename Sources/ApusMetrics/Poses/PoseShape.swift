import Glibc

/// The keypoints of one object as evaluation compares them, by object keypoint similarity (OKS).
///
/// Ronchi and Perona, *Benchmarking and Error Diagnosis in Multi-Instance Pose Estimation*,
/// <https://arxiv.org/abs/1707.05388>.
struct PoseShape: EvaluatedShape {
    /// One reference for all but the area: shapes are copied more often than they are looked into.
    private let parts: Parts
    let area: Double

    private final class Parts: Sendable {
        let points: [SIMD2<Double>]
        let isMarked: [Bool]
        let variances: [Double]
        let markedCount: Int
        let box: COCOBox
        let isRegionWithoutMarks: Bool

        init(
            points: [SIMD2<Double>], isMarked: [Bool] = [], variances: [Double] = [],
            box: COCOBox = COCOBox(x: 0, y: 0, width: 0, height: 0), isRegionWithoutMarks: Bool = false
        ) {
            (self.points, self.isMarked, self.variances) = (points, isMarked, variances)
            markedCount = isMarked.count { $0 }
            (self.box, self.isRegionWithoutMarks) = (box, isRegionWithoutMarks)
        }
    }

    var points: [SIMD2<Double>] { parts.points }
    /// Empty for a detection.
    var isMarked: [Bool] { parts.isMarked }
    var markedCount: Int { parts.markedCount }
    var box: COCOBox { parts.box }
    /// (2σ)² of each point.
    private var variances: [Double] { parts.variances }
    /// COCO: a truth without marks is a region around its box; else nothing is like it.
    private var isRegionWithoutMarks: Bool { parts.isRegionWithoutMarks }

    init(
        truth points: [SIMD2<Double>], isMarked: [Bool], box: COCOBox, area: Double, variances: [Double],
        profile: EvaluationProfile
    ) {
        parts = Parts(
            points: points, isMarked: isMarked, variances: variances, box: box,
            isRegionWithoutMarks: profile != .ultralytics82)
        self.area = profile == .ultralytics82 ? box.area * 0.53 : area
    }

    init(found points: [SIMD2<Double>], area: Double) { (parts, self.area) = (Parts(points: points), area) }

    func overlap(with truth: PoseShape, isCrowd: Bool) -> Double {
        guard truth.markedCount > 0 || truth.isRegionWithoutMarks else { return 0 }
        return withUnsafeTemporaryAllocation(of: Double.self, capacity: points.count) { values in
            let count = truth.likenesses(points, into: values)
            return pairwiseSum(UnsafeBufferPointer(rebasing: values[..<count])) / Double(count)
        }
    }

    /// Writes the likeness of each marked point of this truth, or of all points to the region around it; how many.
    private func likenesses(_ found: [SIMD2<Double>], into values: UnsafeMutableBufferPointer<Double>) -> Int {
        let parts = parts
        var count = 0
        let isPlaced = parts.markedCount > 0
        for (index, point) in found.enumerated() where !isPlaced || parts.isMarked[index] {
            let away = isPlaced ? point - parts.points[index] : distanceToRegion(point)
            values.initializeElement(at: count, to: likeness(of: away, variance: parts.variances[index]))
            count += 1
        }
        return count
    }

    func likeness(of away: SIMD2<Double>, at index: Int) -> Double {
        likeness(of: away, variance: variances[index])
    }

    private func likeness(of away: SIMD2<Double>, variance: Double) -> Double {
        let squared = away.x * away.x + away.y * away.y
        let distance = squared / variance / (area + 0x1p-52) / 2
        // Where no `Double` is as small, `exp` takes ten times as long to say so.
        return distance > 746 ? 0 : exp(-distance)
    }

    /// How far a point lies outside the box grown by its own size on every side.
    private func distanceToRegion(_ point: SIMD2<Double>) -> SIMD2<Double> {
        let low = SIMD2(box.x - box.width, box.y - box.height)
        let high = SIMD2(box.x + box.width * 2, box.y + box.height * 2)
        return pointwiseMax(SIMD2(), low - point) + pointwiseMax(SIMD2(), point - high)
    }
}

/// A sum in NumPy's order, so that it rounds as NumPy's does.
func pairwiseSum(_ values: UnsafeBufferPointer<Double>) -> Double {
    guard values.count >= 8 else { return values.reduce(0, +) }
    guard values.count <= 128 else {
        let half = values.count / 2 / 8 * 8
        return pairwiseSum(.init(rebasing: values[..<half])) + pairwiseSum(.init(rebasing: values[half...]))
    }
    let whole = values.count / 8 * 8
    var sums = SIMD8<Double>()
    for place in 0..<8 { sums[place] = values[place] }
    for place in 8..<whole { sums[place % 8] += values[place] }
    let sum = ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]))
    return values[whole...].reduce(sum, +)
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
