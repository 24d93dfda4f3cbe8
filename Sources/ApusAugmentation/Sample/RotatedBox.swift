import ApusVision
import Glibc

/// A labeled rectangle at an angle.
public struct RotatedBox: Hashable, Sendable {
    public var center: Point
    /// Along the rectangle's own axes, in pixels.
    public var width, height: Double
    /// From the x axis to the side `width`, in radians, growing clockwise on the screen.
    public var angle: Double
    public var label: Int
    /// The place in the list that the sample came with.
    public var index: Int
    /// As a `SampleBox`'s, in square pixels.
    public var originalArea: Double

    public init(center: Point, width: Double, height: Double, angle: Double, label: Int, index: Int = 0) {
        (self.center, self.width, self.height, self.angle) = (center, width, height, angle)
        (self.label, self.index, originalArea) = (label, index, max(width, 0) * max(height, 0))
    }

    public var area: Double { max(width, 0) * max(height, 0) }

    /// In order around the box, from the corner that is the upper left one at angle 0.
    public var corners: [Point] {
        let along = Point(cos(angle), sin(angle)) * (width / 2)
        let across = Point(-sin(angle), cos(angle)) * (height / 2)
        return [center - along - across, center + along - across, center + along + across, center - along + across]
    }

    /// The same object where its corners came to lie: the smallest rectangle around them, its `width` on the side
    /// nearest to where its side went. Exact where the corners still make a rectangle.
    public func moved(toCorners corners: [Point]) -> RotatedBox {
        guard corners.count == 4, area > 0, corners.allSatisfy({ ($0 * 0).sum() == 0 }) else { return self }
        let heading = corners[1] - corners[0]
        let fits = (0..<4).map { rectangle(around: corners, along: corners[($0 + 1) % 4] - corners[$0]) }
        guard let smallest = fits.min(by: { $0.area < $1.area * (1 - 1e-9) }) else { return self }
        var result = smallest.turned(towards: atan2(heading.y, heading.x))
        let moved = Polygon.area(of: corners)
        result.originalArea = originalArea * (moved / area)
        return result
    }

    private func rectangle(around points: [Point], along side: Point) -> RotatedBox {
        let length = (side.x * side.x + side.y * side.y).squareRoot()
        let axis = length > 0 ? side / length : Point(1, 0)
        let normal = Point(-axis.y, axis.x)
        let along = points.map { ($0 * axis).sum() }
        let across = points.map { ($0 * normal).sum() }
        let (low, high) = (Point(along.min() ?? 0, across.min() ?? 0), Point(along.max() ?? 0, across.max() ?? 0))
        let middle = (low + high) / 2
        var result = self
        result.center = axis * middle.x + normal * middle.y
        (result.width, result.height) = (high.x - low.x, high.y - low.y)
        result.angle = atan2(axis.y, axis.x)
        return result
    }

    /// The same rectangle described so that its angle is the nearest one to `heading`.
    private func turned(towards heading: Double) -> RotatedBox {
        let quarters = ((heading - angle) / (.pi / 2)).rounded()
        var result = self
        if Int(quarters) % 2 != 0 { (result.width, result.height) = (height, width) }
        result.angle = remainder(angle + quarters * .pi / 2, 2 * .pi)
        return result
    }
}
