import ApusAugmentation
import Glibc

/// A rectangle turned about its centre, as its source declares it.
public struct TurnedBox: Hashable, Sendable {
    public var center: Point
    /// Extents along the box's own axes, in pixels.
    public var size: SIMD2<Double>
    /// Radians from the image's x axis to the box's own, clockwise as the image is seen (y points downwards).
    public var angle: Double

    public init(center: Point, size: SIMD2<Double>, angle: Double) {
        (self.center, self.size, self.angle) = (center, size, angle)
    }

    /// A box turned about its centre by so many degrees.
    public init(unrotated box: AnnotatedBox, degrees: Double) {
        self.init(
            center: Point((box.minX + box.maxX) / 2, (box.minY + box.maxY) / 2), size: SIMD2(box.width, box.height),
            angle: degrees * .pi / 180)
    }

    /// The box before it was turned.
    public var unrotated: AnnotatedBox {
        AnnotatedBox(
            minX: center.x - size.x / 2, minY: center.y - size.y / 2, maxX: center.x + size.x / 2,
            maxY: center.y + size.y / 2)
    }

    /// The corners in order, beginning with the one that is upper left at an angle of 0.
    public var corners: [Point] {
        let (c, s) = (cos(angle), sin(angle))
        let (across, down) = (Point(c, s) * (size.x / 2), Point(-s, c) * (size.y / 2))
        return [center - across - down, center + across - down, center + across + down, center - across + down]
    }

    /// The rectangle with these four corners in order; of a quadrilateral that is none, the one with its centre, its
    /// first side's direction and its mean extents.
    public init?(corners: [Point]) {
        guard corners.count == 4 else { return nil }
        let across = (corners[1] - corners[0] + corners[2] - corners[3]) / 2
        let down = (corners[3] - corners[0] + corners[2] - corners[1]) / 2
        center = (corners[0] + corners[1] + corners[2] + corners[3]) / 4
        size = SIMD2((across * across).sum().squareRoot(), (down * down).sum().squareRoot())
        angle = atan2(across.y, across.x)
    }
}
