import ApusVision

/// The outline of an object: rings of points, each closed by itself.
public struct Polygon: Hashable, Sendable {
    public var rings: [[Point]]
    public var label: Int
    /// The place in the list that the sample came with.
    public var index: Int

    public init(rings: [[Point]], label: Int, index: Int = 0) {
        (self.rings, self.label, self.index) = (rings, label, index)
    }

    /// The part inside an image of this size; rings of which nothing is left are gone.
    public func clipped(to size: ImageSize) -> Polygon {
        var result = self
        result.rings = rings.map { Self.clip($0, to: size) }.filter { $0.count >= 3 }
        return result
    }

    /// The area that a ring encloses, by the shoelace formula.
    public static func area(of ring: [Point]) -> Double {
        var sum = 0.0
        for (index, point) in ring.enumerated() {
            let next = ring[(index + 1) % ring.count]
            sum += point.x * next.y - next.x * point.y
        }
        return abs(sum) / 2
    }

    /// The part of a ring inside an image of this size.
    public static func clip(_ ring: [Point], to size: ImageSize) -> [Point] {
        clip(ring, from: Point(0, 0), to: Point(Double(size.width), Double(size.height)))
    }

    /// The part of a ring between two corners.
    ///
    /// Sutherland & Hodgman, *Reentrant Polygon Clipping*, 1974: a half plane after the other.
    static func clip(_ ring: [Point], from low: Point, to high: Point) -> [Point] {
        let inside: [(Point) -> Double] = [
            { $0.x - low.x }, { $0.y - low.y }, { high.x - $0.x }, { high.y - $0.y },
        ]
        return inside.reduce(ring) { clip($0, to: $1) }
    }

    /// The part where `distance` is not negative.
    private static func clip(_ ring: [Point], to distance: (Point) -> Double) -> [Point] {
        guard var previous = ring.last else { return [] }
        var result: [Point] = []
        for point in ring {
            let (before, here) = (distance(previous), distance(point))
            if (before < 0) != (here < 0) { result.append(previous + (point - previous) * (before / (before - here))) }
            if here >= 0 { result.append(point) }
            previous = point
        }
        return result
    }
}
