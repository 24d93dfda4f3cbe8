import ApusVision

extension Sample {
    /// Takes away what a rectangle covers: boxes shrink, outlines are cut, points are gone.
    mutating func cover(_ rectangle: PixelRectangle, by name: String) {
        let (before, size) = (boxes, size)
        boxes = boxes.compactMap { $0.uncovered(by: rectangle.box) }
        noteDropped(from: before, to: boxes, by: name, .removed)
        polygons = polygons.map { $0.uncovered(by: rectangle, in: size) }.filter { !$0.rings.isEmpty }
        rotatedBoxes.removeAll { Polygon.uncovered($0.corners, by: rectangle, in: size).isEmpty }
        keypoints = keypoints.map { $0.hidden { rectangle.box.contains($0) } }
    }

    /// The same marks, as far as they lie in a rectangle.
    func kept(in rectangle: PixelRectangle) -> Sample {
        var window = self
        let crop = PixelRectangle(left: 0, top: 0, width: rectangle.width, height: rectangle.height)
        window.image = Raster(size: crop.size, fill: .zero, like: image)
        window.masks = []
        // Seen through the rectangle, and put back.
        let shift = Affine.Draw(
            map: .translation(x: -Double(rectangle.left), y: -Double(rectangle.top)), outputSize: rectangle.size)
        Affine().move(&window, by: shift, from: size, to: rectangle.size)
        let back = Affine.Draw(
            map: .translation(x: Double(rectangle.left), y: Double(rectangle.top)), outputSize: size)
        Affine().move(&window, by: back, from: rectangle.size, to: size)
        return window
    }
}

extension SampleBox {
    /// The box around what a rectangle leaves of it; `nil` where that is nothing.
    func uncovered(by rectangle: BoundingBox) -> SampleBox? {
        let coversWidth = rectangle.minX <= box.minX && rectangle.maxX >= box.maxX
        let coversHeight = rectangle.minY <= box.minY && rectangle.maxY >= box.maxY
        var result = self
        if coversHeight {
            (result.box.minX, result.box.maxX) = Self.rest(box.minX, box.maxX, rectangle.minX, rectangle.maxX)
        }
        if coversWidth {
            (result.box.minY, result.box.maxY) = Self.rest(box.minY, box.maxY, rectangle.minY, rectangle.maxY)
        }
        return result.box.area > 0 ? result : nil
    }

    /// The interval around what another leaves of it.
    private static func rest(_ low: Float, _ high: Float, _ cutLow: Float, _ cutHigh: Float) -> (Float, Float) {
        guard cutLow < high, cutHigh > low else { return (low, high) }
        return (cutLow <= low ? min(cutHigh, high) : low, cutHigh >= high ? max(cutLow, low) : high)
    }
}

extension Polygon {
    func uncovered(by rectangle: PixelRectangle, in size: ImageSize) -> Polygon {
        var result = self
        result.rings = rings.flatMap { Self.uncovered($0, by: rectangle, in: size) }
        return result
    }

    /// What lies beside, above and below a rectangle, as rings of their own.
    static func uncovered(_ ring: [Point], by rectangle: PixelRectangle, in size: ImageSize) -> [[Point]] {
        let (left, top) = (Double(rectangle.left), Double(rectangle.top))
        let (right, bottom) = (left + Double(rectangle.width), top + Double(rectangle.height))
        let (width, height) = (Double(size.width), Double(size.height))
        let parts = [
            (Point(0, 0), Point(left, height)), (Point(right, 0), Point(width, height)),
            (Point(left, 0), Point(right, top)), (Point(left, bottom), Point(right, height)),
        ]
        return parts.map { clip(ring, from: $0, to: $1) }.filter { $0.count >= 3 && area(of: $0) > 0 }
    }
}

extension Keypoints {
    /// The points where `isHidden` holds are absent.
    func hidden(where isHidden: (Point) -> Bool) -> Keypoints {
        Keypoints(
            points.map { point in
                guard point.visibility != .absent, isHidden(Point(Double(point.x), Double(point.y))) else {
                    return point
                }
                return Keypoint(x: 0, y: 0, visibility: .absent)
            })
    }
}

extension BoundingBox {
    func contains(_ point: Point) -> Bool {
        point.x >= Double(minX) && point.x < Double(maxX) && point.y >= Double(minY) && point.y < Double(maxY)
    }
}
