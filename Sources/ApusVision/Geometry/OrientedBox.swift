import Glibc

/// A rectangle at any angle, in pixels.
public struct OrientedBox: Hashable, Sendable {
    public var centerX, centerY: Float
    /// Extents along the box's own axes.
    public var width, height: Float
    /// Radians from the image's x axis to the side `width`, clockwise as the image is seen (y points downwards).
    public var angle: Float

    public init(centerX: Float, centerY: Float, width: Float, height: Float, angle: Float) {
        (self.centerX, self.centerY, self.width, self.height) = (centerX, centerY, width, height)
        self.angle = angle
    }

    /// Zero where the box is empty or inverted.
    public var area: Float { max(width, 0) * max(height, 0) }

    /// In order around the box, from the corner that is the upper left one at an angle of 0.
    public var corners: [SIMD2<Float>] {
        let (c, s) = (cos(angle), sin(angle))
        let center = SIMD2(centerX, centerY)
        let (across, down) = (SIMD2(c, s) * (width / 2), SIMD2(-s, c) * (height / 2))
        return [center - across - down, center + across - down, center + across + down, center - across + down]
    }

    /// The smallest upright box around it.
    public var boundingBox: BoundingBox {
        let (c, s) = (abs(cos(angle)), abs(sin(angle)))
        return BoundingBox(
            centerX: centerX, centerY: centerY, width: width * c + height * s, height: width * s + height * c)
    }

    public var isFinite: Bool { (centerX + centerY + width + height + angle).isFinite }

    /// The box where each axis of the image is stretched: of the same centre, direction of `width` and area as the
    /// parallelogram that it becomes, which is exact where both factors are equal.
    public func scaled(_ horizontally: Float, _ vertically: Float) -> OrientedBox {
        let across = SIMD2(cos(angle) * horizontally, sin(angle) * vertically)
        let length = (across.x * across.x + across.y * across.y).squareRoot()
        guard length > 0 else { return self }
        return OrientedBox(
            centerX: centerX * horizontally, centerY: centerY * vertically, width: width * length,
            height: height * abs(horizontally * vertically) / length,
            angle: horizontally == vertically ? angle : atan2(across.y, across.x))
    }
}
