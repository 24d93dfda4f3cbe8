import ApusVision

/// A place in an image, in pixels; pixel centres lie at half integers, as a `BoundingBox`'s do.
///
/// Albumentations' keypoints count from the first pixel's centre: theirs + 0.5 is ours.
public typealias Point = SIMD2<Double>

extension ImageSize {
    /// Whether the point lies in an image of this size.
    func contains(_ point: Point) -> Bool {
        point.x >= 0 && point.y >= 0 && point.x < Double(width) && point.y < Double(height)
    }

    var area: Double { Double(width) * Double(height) }

    /// The four corners, clockwise on the screen from the upper left.
    var corners: [Point] {
        let (x, y) = (Double(width), Double(height))
        return [Point(0, 0), Point(x, 0), Point(x, y), Point(0, y)]
    }
}

extension BoundingBox {
    /// Clockwise on the screen from the upper left.
    public var corners: [Point] {
        let (left, top, right, bottom) = (Double(minX), Double(minY), Double(maxX), Double(maxY))
        return [Point(left, top), Point(right, top), Point(right, bottom), Point(left, bottom)]
    }

    /// The smallest box around points; `nil` where there are none.
    public init?(around points: [Point]) {
        guard var low = points.first else { return nil }
        var high = low
        for point in points.dropFirst() {
            low = pointwiseMin(low, point)
            high = pointwiseMax(high, point)
        }
        self.init(minX: Float(low.x), minY: Float(low.y), maxX: Float(high.x), maxY: Float(high.y))
    }

    func clipped(to size: ImageSize) -> BoundingBox {
        clipped(width: Float(size.width), height: Float(size.height))
    }
}
