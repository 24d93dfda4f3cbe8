import ApusVision

/// How near found keypoints are to the marked ones, point by point.
///
/// PCK is the part of the marked points that are found within a part of the longer side of the object's box
/// (Yang and Ramanan, *Articulated Human Detection with Flexible Mixtures of Parts*,
/// <https://doi.org/10.1109/TPAMI.2012.261>); OKS the mean likeness exp(−d² / (2 · area · (2σ)²)). A marked point of
/// an object that was not found is far away.
public struct KeypointAccuracy: Metric, Hashable {
    /// Parts of the longer side.
    public static let thresholds = [0.05, 0.1, 0.2]

    private typealias Counts = KeypointMatches.Counts

    public let names: [String]
    private let variances: [Double]
    private var counts: [Counts]

    /// - Parameter names: of the points; numbers stand for those that are missing.
    /// - Throws: `EvaluationError.unusableSigmas` where there are none or one is not above 0.
    public init(names: [String] = [], sigmas: [Double]) throws(EvaluationError) {
        variances = try KeypointSigmas.variances(sigmas)
        self.names = sigmas.indices.map { $0 < names.count ? names[$0] : "\($0)" }
        counts = Array(repeating: Counts(), count: sigmas.count)
    }

    /// Adds one object.
    ///
    /// - Parameters:
    ///   - found: `nil` where the object was not found.
    ///   - area: of the object in square pixels; the box's without it.
    /// - Throws: `EvaluationError` for another number of points and coordinates that are not finite.
    public mutating func add(
        truth: Keypoints, found: Keypoints?, box: BoundingBox, area: Double? = nil
    ) throws(EvaluationError) {
        let box = try COCOBox(box, "a keypoint's object")
        let points = try truth.checked(count: variances.count, "a keypoint's truth")
        let marked = truth.points.map { $0.visibility != .absent }
        let shape = PoseShape(
            truth: points, isMarked: marked, box: box, area: area ?? box.area, variances: variances, profile: .coco)
        let others = try found?.checked(count: variances.count, "found keypoints")
        add(shape, found: others.map { PoseShape(found: $0, area: 0) })
    }

    mutating func add(_ truth: PoseShape, found: PoseShape?) {
        guard let marks = truth.marks else { return }
        let side = max(marks.box.width, marks.box.height)
        for index in counts.indices where marks.isMarked[index] {
            counts[index].marked += 1
            guard let point = found?.point(index) else { continue }
            let away = point - truth.point(index)
            counts[index].likeness += truth.likeness(of: away, at: index)
            let distance = (away.x * away.x + away.y * away.y).squareRoot()
            for (place, part) in Self.thresholds.enumerated() where distance <= part * side {
                counts[index].near[place] += 1
            }
        }
    }

    public mutating func merge(_ other: KeypointAccuracy) {
        precondition(names == other.names && variances == other.variances, "other keypoints cannot be merged")
        for index in counts.indices { counts[index] += other.counts[index] }
    }

    public var value: KeypointMetrics {
        KeypointMetrics(
            all: Self.point("all", total), perPoint: zip(names, counts).map { Self.point($0, $1) })
    }

    /// Of all points together.
    var total: KeypointMatches.Counts { counts.reduce(into: Counts()) { $0 += $1 } }

    private static func point(_ name: String, _ counts: Counts) -> KeypointMetrics.Point {
        let marked = Double(counts.marked)
        let isCounted = counts.marked > 0
        return KeypointMetrics.Point(
            name: name, marked: counts.marked, pck: counts.near.map { isCounted ? Double($0) / marked : nil },
            oks: isCounted ? counts.likeness / marked : nil)
    }
}

/// How near found keypoints are to the marked ones.
public struct KeypointMetrics: Codable, Hashable, Sendable {
    public struct Point: Codable, Hashable, Sendable {
        public var name: String
        /// How many objects have this point marked.
        public var marked: Int
        /// At each of `KeypointAccuracy.thresholds`; `nil` where none is marked.
        public var pck: [Double?]
        /// The mean likeness; `nil` where none is marked.
        public var oks: Double?
    }

    /// Over all marked points.
    public var all: Point
    public var perPoint: [Point]

    /// `PCK-0.05`, `PCK-0.1`, `PCK-0.2`, `mean_OKS`, and for each point `PCK/NAME` (at 0.1) and `OKS/NAME`.
    public var values: [String: Double] {
        var values: [String: Double] = [:]
        for (threshold, value) in zip(KeypointAccuracy.thresholds, all.pck) { values["PCK-\(threshold)"] = value }
        values["mean_OKS"] = all.oks
        for point in perPoint {
            values["PCK/" + point.name] = point.pck[1]
            values["OKS/" + point.name] = point.oks
        }
        return values
    }
}

extension Keypoints {
    /// The coordinates, of as many points as there should be.
    func checked(count: Int, _ entry: @autoclosure () -> String) throws(EvaluationError) -> [SIMD2<Double>] {
        guard points.count == count else {
            throw .keypointCount(3 * points.count, expected: count, entry: entry())
        }
        guard points.allSatisfy({ $0.x.isFinite && $0.y.isFinite }) else {
            throw .notANumber(field: "keypoints", entry: entry())
        }
        return points.map { SIMD2(Double($0.x), Double($0.y)) }
    }
}
