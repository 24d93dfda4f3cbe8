import ApusVision
import Glibc

/// A transform that fills rectangles of the image. Boxes shrink to what is left of them in sight, points in a hole are
/// occluded; outlines stay.
public protocol HoleTransform: SpatialTransform where Draw == Holes {
    var fill: HoleFill { get }
    /// `nil` leaves masks alone.
    var maskFill: Fill? { get }
}

extension HoleTransform {
    public func apply(_ draw: Holes, to image: inout Raster) {
        image.fill(draw.clipped(to: image.size), with: fill, seed: draw.seed)
    }

    public func apply(_ draw: Holes, toMask mask: inout Raster) {
        guard let maskFill else { return }
        mask.fill(draw.clipped(to: mask.size), with: .value(maskFill), seed: draw.seed)
    }

    public func apply(_ draw: Holes, to point: Point, in size: ImageSize) -> Point { point }

    public func apply(
        _ draw: Holes, to boxes: [SampleBox], from size: ImageSize, to newSize: ImageSize
    ) -> [SampleBox] {
        let holes = draw.clipped(to: size)
        guard !holes.isEmpty else { return boxes }
        return boxes.compactMap { box in
            let near = holes.filter { box.touches($0) }
            guard !near.isEmpty else { return box }
            return box.shrunk(in: size) { x, y in !near.contains { $0.contains(x, y) } }
        }
    }

    public func apply(
        _ draw: Holes, to keypoints: [Keypoints], mirror: [Int], from size: ImageSize, to newSize: ImageSize
    ) -> [Keypoints] {
        let holes = draw.clipped(to: size)
        return keypoints.map { object in
            object.occluded { x, y in holes.contains { $0.contains(x, y) } }
        }
    }
}

extension Keypoints {
    /// Points whose pixel is covered become occluded.
    func occluded(where isCovered: (Int, Int) -> Bool) -> Keypoints {
        Keypoints(
            points.map { point in
                guard point.visibility == .visible, abs(point.x) < 1e6, abs(point.y) < 1e6 else { return point }
                guard isCovered(Int(floor(point.x)), Int(floor(point.y))) else { return point }
                return Keypoint(x: point.x, y: point.y, visibility: .occluded)
            })
    }
}

extension SampleBox {
    /// The pixels that it covers at least in part.
    func pixels(in size: ImageSize) -> (x: Range<Int>, y: Range<Int>) {
        let inside = box.clipped(to: size)
        let (left, top) = (Int(floor(inside.minX)), Int(floor(inside.minY)))
        return (left..<max(left, Int(ceil(inside.maxX))), top..<max(top, Int(ceil(inside.maxY))))
    }

    fileprivate func touches(_ hole: PixelRectangle) -> Bool {
        Float(hole.left) < box.maxX && Float(hole.left + hole.width) > box.minX && Float(hole.top) < box.maxY
            && Float(hole.top + hole.height) > box.minY
    }

    /// Around the pixels that are still in sight; `nil` where there are none. Its visibility counts these pixels.
    func shrunk(in size: ImageSize, _ isVisible: (Int, Int) -> Bool) -> SampleBox? {
        let pixels = pixels(in: size)
        var (count, low, high) = (0, (x: Int.max, y: Int.max), (x: Int.min, y: Int.min))
        for y in pixels.y {
            for x in pixels.x where isVisible(x, y) {
                count += 1
                low = (min(low.x, x), min(low.y, y))
                high = (max(high.x, x), max(high.y, y))
            }
        }
        guard count > 0 else { return nil }
        var result = self
        result.box = BoundingBox(
            minX: max(box.minX, Float(low.x)), minY: max(box.minY, Float(low.y)),
            maxX: min(box.maxX, Float(high.x + 1)), maxY: min(box.maxY, Float(high.y + 1)))
        let part = Float(count) / Float(max(pixels.x.count * pixels.y.count, 1))
        // So that visibility is `part` of what it was, though the box around the rest is larger than the rest.
        result.originalArea = originalArea * max(result.box.area / (box.area * part), 1)
        return result
    }
}
