import Glibc

/// A rectangle at any angle, in pixels.
public struct OrientedRectangle: Hashable, Sendable {
    public var centerX, centerY: Double
    /// Along the rectangle's own sides; one that is not above 0 makes it empty.
    public var width, height: Double
    /// Radians from the image's x axis to the side `width`, clockwise as the image is seen.
    public var angle: Double

    public init(centerX: Double, centerY: Double, width: Double, height: Double, angle: Double) {
        (self.centerX, self.centerY, self.width, self.height) = (centerX, centerY, width, height)
        self.angle = angle
    }

    package var isFinite: Bool { [centerX, centerY, width, height, angle].allSatisfy(\.isFinite) }
}

/// The area both share over the area either covers; 0 where one is empty.
public func intersectionOverUnion(_ a: OrientedRectangle, _ b: OrientedRectangle) -> Double {
    OrientedShape(a).overlap(with: OrientedShape(b), isCrowd: false)
}

/// A rectangle, ready to be compared with many.
package struct OrientedShape: Sendable {
    /// Square pixels.
    package let area: Double
    private let center: SIMD2<Double>
    /// From the center to the middle of two neighboring sides.
    private let along, across: SIMD2<Double>
    /// From the center to a corner.
    private let reach: Double

    package init(_ rectangle: OrientedRectangle) {
        center = SIMD2(rectangle.centerX, rectangle.centerY)
        let (width, height) = (max(rectangle.width, 0), max(rectangle.height, 0))
        let (cosine, sine) = (cos(rectangle.angle), sin(rectangle.angle))
        along = SIMD2(cosine, sine) * (width / 2)
        across = SIMD2(-sine, cosine) * (height / 2)
        area = width * height
        reach = (width * width + height * height).squareRoot() / 2
    }

    /// The area both share over the area either covers, or over this one's alone inside a crowd; 0 where one is empty.
    package func overlap(with truth: OrientedShape, isCrowd: Bool) -> Double {
        let away = truth.center - center
        let limit = reach + truth.reach
        guard area > 0, truth.area > 0, (away * away).sum() < limit * limit else { return 0 }
        let shared = min(sharedArea(truth, away), area, truth.area)
        return shared / (isCrowd ? area : area + truth.area - shared)
    }

    /// One rectangle cut along the four sides of the other, seen from this one's center and axes, where its sides are
    /// upright (Sutherland and Hodgman, *Reentrant Polygon Clipping*, <https://doi.org/10.1145/360767.360802>).
    private func sharedArea(_ other: OrientedShape, _ away: SIMD2<Double>) -> Double {
        let half = SIMD2((along * along).sum().squareRoot(), (across * across).sum().squareRoot())
        func local(_ point: SIMD2<Double>) -> SIMD2<Double> {
            SIMD2((point * along).sum() / half.x, (point * across).sum() / half.y)
        }
        let (middle, first, second) = (local(away), local(other.along), local(other.across))
        return withUnsafeTemporaryAllocation(of: SIMD2<Double>.self, capacity: 16) { memory in
            var polygon = ConvexPolygon(memory)
            for corner in [first + second, second - first, -first - second, first - second] {
                polygon.append(middle + corner)
            }
            polygon.cut { half.x - $0.x }
            polygon.cut { half.x + $0.x }
            polygon.cut { half.y - $0.y }
            polygon.cut { half.y + $0.y }
            return polygon.area
        }
    }
}

/// A polygon of at most eight corners in memory that somebody else owns: half for the corners, half for those after
/// the next cut.
private struct ConvexPolygon {
    private var corners, spare: UnsafeMutablePointer<SIMD2<Double>>
    private var count = 0

    /// - Parameter memory: for sixteen corners.
    init(_ memory: UnsafeMutableBufferPointer<SIMD2<Double>>) {
        guard let start = memory.baseAddress else { preconditionFailure("memory for sixteen corners") }
        (corners, spare) = (start, start + memory.count / 2)
    }

    mutating func append(_ corner: SIMD2<Double>) {
        corners[count] = corner
        count += 1
    }

    /// Keeps the part where `distance` is not negative.
    mutating func cut(_ distance: (SIMD2<Double>) -> Double) {
        guard count > 0 else { return }
        var kept = 0
        func keep(_ corner: SIMD2<Double>) {
            // A cut adds one corner to a convex polygon; rounding may not add more.
            guard kept < 8 else { return }
            spare[kept] = corner
            kept += 1
        }
        var last = corners[count - 1]
        var lastDistance = distance(last)
        for index in 0..<count {
            let here = corners[index]
            let hereDistance = distance(here)
            if (lastDistance < 0) != (hereDistance < 0) {
                keep(last + (here - last) * (lastDistance / (lastDistance - hereDistance)))
            }
            if hereDistance >= 0 { keep(here) }
            (last, lastDistance) = (here, hereDistance)
        }
        swap(&corners, &spare)
        count = kept
    }

    /// The shoelace formula.
    var area: Double {
        guard count > 2 else { return 0 }
        var doubled = 0.0
        var last = corners[count - 1]
        for index in 0..<count {
            let here = corners[index]
            doubled += last.x * here.y - last.y * here.x
            last = here
        }
        return abs(doubled) / 2
    }
}
