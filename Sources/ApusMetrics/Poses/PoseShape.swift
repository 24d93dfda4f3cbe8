import Glibc

/// The keypoints of one object as evaluation compares them, by object keypoint similarity (OKS).
///
/// Ronchi and Perona, *Benchmarking and Error Diagnosis in Multi-Instance Pose Estimation*,
/// <https://arxiv.org/abs/1707.05388>.
struct PoseShape: EvaluatedShape {
    /// One reference for all but the area: shapes are copied more often than they are looked into. Nobody writes it.
    nonisolated(unsafe) private let points: PosePoints
    let area: Double

    /// What a truth has and a detection has not.
    final class Marks: Sendable {
        let isMarked: [Bool]
        /// Of the points that are marked.
        let places: [Int]
        /// (2σ)² of each point.
        let variances: [Double]
        let box: COCOBox
        /// COCO: a truth without marks is a region around its box; else nothing is like it.
        let isRegionWithoutMarks: Bool

        init(_ isMarked: [Bool], variances: [Double], box: COCOBox, isRegionWithoutMarks: Bool) {
            (self.isMarked, places, self.variances) = (isMarked, isMarked.indices.filter { isMarked[$0] }, variances)
            (self.box, self.isRegionWithoutMarks) = (box, isRegionWithoutMarks)
        }

        var count: Int { places.count }
        var isComparable: Bool { count > 0 || isRegionWithoutMarks }
    }

    init(
        truth points: some Collection<SIMD2<Double>>, isMarked: [Bool], box: COCOBox, area: Double,
        variances: [Double], profile: EvaluationProfile
    ) {
        let marks = Marks(
            isMarked, variances: variances, box: box, isRegionWithoutMarks: profile != .ultralytics82)
        self.points = PosePoints.made(of: points, marks)
        self.area = profile == .ultralytics82 ? box.area * 0.53 : area
    }

    init(found points: some Collection<SIMD2<Double>>, area: Double) {
        (self.points, self.area) = (PosePoints.made(of: points, nil), area)
    }

    /// `nil` for a detection.
    var marks: Marks? { points.header.marks }
    var markedCount: Int { marks?.count ?? 0 }
    var pointCount: Int { points.header.count }

    func point(_ index: Int) -> SIMD2<Double> {
        precondition(index >= 0 && index < pointCount, "there is no such point")
        return points.withUnsafeMutablePointerToElements { $0[index] }
    }

    func overlap(with truth: PoseShape, isCrowd: Bool) -> Double {
        let count = pointCount
        guard let marks = truth.marks, marks.isComparable, count == truth.pointCount else { return 0 }
        return withUnsafeTemporaryAllocation(of: Double.self, capacity: count) { values in
            let compared = truth.likenesses(points, marks, into: values)
            return pairwiseSum(UnsafeBufferPointer(rebasing: values[..<compared])) / Double(compared)
        }
    }

    /// Writes the likeness of each marked point of this truth, or of all points to the region around it; how many.
    private func likenesses(
        _ found: PosePoints, _ marks: Marks, into values: UnsafeMutableBufferPointer<Double>
    ) -> Int {
        found.withUnsafeMutablePointerToElements { found in
            points.withUnsafeMutablePointerToElements { own in
                for (compared, place) in marks.places.enumerated() {
                    let away = found[place] - own[place]
                    values.initializeElement(at: compared, to: likeness(of: away, variance: marks.variances[place]))
                }
                guard marks.places.isEmpty else { return marks.count }
                for place in values.indices {
                    let away = distance(of: found[place], toRegion: marks.box)
                    values.initializeElement(at: place, to: likeness(of: away, variance: marks.variances[place]))
                }
                return values.count
            }
        }
    }

    /// - Parameter away: of a point from a mark of this truth; without marks nothing is like it.
    func likeness(of away: SIMD2<Double>, at index: Int) -> Double {
        marks.map { likeness(of: away, variance: $0.variances[index]) } ?? 0
    }

    private func likeness(of away: SIMD2<Double>, variance: Double) -> Double {
        let squared = away.x * away.x + away.y * away.y
        let distance = squared / variance / (area + 0x1p-52) / 2
        // Where no `Double` is as small, `exp` takes ten times as long to say so.
        return distance > 746 ? 0 : exp(-distance)
    }

    /// How far a point lies outside the box grown by its own size on every side.
    private func distance(of point: SIMD2<Double>, toRegion box: COCOBox) -> SIMD2<Double> {
        let low = SIMD2(box.x - box.width, box.y - box.height)
        let high = SIMD2(box.x + box.width * 2, box.y + box.height * 2)
        return pointwiseMax(SIMD2(), low - point) + pointwiseMax(SIMD2(), point - high)
    }
}

/// Points behind their number, in one piece of memory: there are many poses.
private final class PosePoints: ManagedBuffer<PosePoints.Header, SIMD2<Double>> {
    struct Header {
        let count: Int
        let marks: PoseShape.Marks?
    }

    static func made(of points: some Collection<SIMD2<Double>>, _ marks: PoseShape.Marks?) -> PosePoints {
        let count = points.count
        let made = create(minimumCapacity: count) { _ in Header(count: count, marks: marks) }
        made.withUnsafeMutablePointerToElements { place in
            _ = UnsafeMutableBufferPointer(start: place, count: count).initialize(from: points)
        }
        return unsafeDowncast(made, to: PosePoints.self)
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
        guard annotation.box.isFinite else {
            throw .notANumber(field: "box", entry: "annotation \(annotation.id)")
        }
        let points = try points(annotation.keypoints, "annotation \(annotation.id)")
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

    private func points(
        _ values: [Double], _ entry: @autoclosure () -> String
    ) throws(EvaluationError) -> some Collection<SIMD2<Double>> {
        guard values.count == 3 * variances.count else {
            throw EvaluationError.keypointCount(values.count, expected: variances.count, entry: entry())
        }
        guard values.allSatisfy({ $0.isFinite }) else {
            throw EvaluationError.notANumber(field: "keypoints", entry: entry())
        }
        return variances.indices.lazy.map { SIMD2(values[3 * $0], values[3 * $0 + 1]) }
    }
}
