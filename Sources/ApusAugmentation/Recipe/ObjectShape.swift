import ApusVision
import Glibc

/// What is known of an object beside its box, in pixels.
public struct ObjectShape: Hashable, Sendable {
    /// The outlines of its parts; each part fills what an odd number of its turns surround. `nil` where outlines are
    /// not learnt; empty where nothing of the object is left.
    public var outline: [[Point]]?
    public var turned: RotatedBox?
    public var keypoints: Keypoints?

    public init(outline: [[Point]]? = nil, turned: RotatedBox? = nil, keypoints: Keypoints? = nil) {
        (self.outline, self.turned, self.keypoints) = (outline, turned, keypoints)
    }

    var isOutlined: Bool { outline != nil }

    /// The smallest box around the outline; `nil` where there is none.
    var outlineHull: BoundingBox? { outline.flatMap { BoundingBox(around: $0.flatMap { $0 }) } }

    /// Each of its places moved.
    public func moved(_ move: (Point) -> Point) -> ObjectShape {
        ObjectShape(
            outline: outline?.map { $0.map(move) }, turned: turned?.moved(toCorners: turned?.corners.map(move) ?? []),
            keypoints: keypoints?.moved(move))
    }

    /// The part in an image of this size: outlines are cut, turned boxes shortened, points outside are absent.
    func clipped(to size: ImageSize) -> ObjectShape {
        ObjectShape(
            outline: outline?.map { Self.clip($0, to: size) }.filter { $0.count >= 3 },
            turned: turned?.shortened(to: size), keypoints: keypoints?.clipped(to: size))
    }

    /// Cutting is spared where everything is inside.
    private static func clip(_ part: [Point], to size: ImageSize) -> [Point] {
        let (width, height) = (Double(size.width), Double(size.height))
        let isInside = part.allSatisfy { $0.x >= 0 && $0.y >= 0 && $0.x <= width && $0.y <= height }
        return isInside ? part : Polygon.clip(part, to: size)
    }

    /// With its points exchanged as those of a mirrored skeleton are.
    func mirrored(_ order: [Int]) -> ObjectShape {
        var result = self
        result.keypoints = keypoints?.reordered(order)
        return result
    }
}

extension RotatedBox {
    /// The smallest rectangle of the same angle around the part in an image of this size; without sides where there
    /// is none.
    func shortened(to size: ImageSize) -> RotatedBox {
        let inside = Polygon.clip(corners, to: size)
        guard inside != corners else { return self }
        var result = self
        (result.width, result.height) = (0, 0)
        guard !inside.isEmpty else { return result }
        let (along, across) = axes
        let reach = Self.extent(inside, along), span = Self.extent(inside, across)
        result.center = along * (reach.low + reach.high) / 2 + across * (span.low + span.high) / 2
        (result.width, result.height) = (reach.high - reach.low, span.high - span.low)
        return result
    }

    /// Unit vectors along the sides `width` and `height`.
    private var axes: (along: Point, across: Point) {
        let (cosine, sine) = (cos(angle), sin(angle))
        return (Point(cosine, sine), Point(-sine, cosine))
    }

    /// Where points lie along an axis.
    private static func extent(_ points: [Point], _ axis: Point) -> (low: Double, high: Double) {
        let places = points.map { ($0 * axis).sum() }
        return (places.min() ?? 0, places.max() ?? 0)
    }

    /// The smallest rectangle around some points, its longer side `width`; `nil` for fewer than three.
    ///
    /// One of its sides lies along the points' convex hull: Freeman & Shapira, *Determining the minimum-area encasing
    /// rectangle for an arbitrary closed curve*, 1975.
    public init?(around points: [Point], label: Int) {
        let hull = Self.convexHull(points)
        guard hull.count >= 3 else { return nil }
        var best: RotatedBox?
        for (index, corner) in hull.enumerated() {
            let side = hull[(index + 1) % hull.count] - corner
            let fitted = RotatedBox(hull, angle: atan2(side.y, side.x), label: label)
            if fitted.area < best?.area ?? .infinity { best = fitted }
        }
        guard let best else { return nil }
        self = best
        guard height > width else { return }
        (width, height, angle) = (height, width, angle + .pi / 2)
    }

    private init(_ points: [Point], angle: Double, label: Int) {
        self.init(center: Point(0, 0), width: 0, height: 0, angle: angle, label: label)
        let (along, across) = axes
        let reach = Self.extent(points, along), span = Self.extent(points, across)
        self.init(
            center: along * (reach.low + reach.high) / 2 + across * (span.low + span.high) / 2,
            width: reach.high - reach.low, height: span.high - span.low, angle: angle, label: label)
    }

    /// Andrew, *Another efficient algorithm for convex hulls in two dimensions*, 1979.
    private static func convexHull(_ points: [Point]) -> [Point] {
        let sorted = points.sorted { ($0.x, $0.y) < ($1.x, $1.y) }
        func chain(_ points: some Sequence<Point>) -> [Point] {
            var chain: [Point] = []
            for point in points {
                while chain.count >= 2, !turns(chain[chain.count - 2], chain[chain.count - 1], point) {
                    chain.removeLast()
                }
                chain.append(point)
            }
            return Array(chain.dropLast())
        }
        return chain(sorted) + chain(sorted.reversed())
    }

    /// Whether the way over three points turns to one side, not to the other nor straight on.
    private static func turns(_ a: Point, _ b: Point, _ c: Point) -> Bool {
        let (first, second) = (b - a, c - b)
        return first.x * second.y - first.y * second.x > 0
    }

    /// The angle of the same rectangle in −π/4 ..< 3π/4.
    public var standardAngle: Double { angle - .pi * ((angle + .pi / 4) / .pi).rounded(.down) }
}
