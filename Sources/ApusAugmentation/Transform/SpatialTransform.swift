import ApusVision

/// A transform that moves places: image, masks, boxes, polygons and points by the same draw.
///
/// The image, and where a point goes, are all that it must say; the rest follows, and may be said better.
public protocol SpatialTransform: Transform {
    func apply(_ draw: Draw, to image: inout Raster)

    /// By default as the image.
    func apply(_ draw: Draw, toMask mask: inout Raster)

    /// Where a point of an image of this size comes to lie.
    func apply(_ draw: Draw, to point: Point, in size: ImageSize) -> Point

    /// Where a box comes to lie, the parts outside the new image included. By default the hull of its moved corners.
    func apply(_ draw: Draw, to box: BoundingBox, in size: ImageSize) -> BoundingBox

    /// By default the smallest rectangle around its moved corners.
    func apply(_ draw: Draw, to box: RotatedBox, in size: ImageSize) -> RotatedBox

    /// By default each point of its rings moved.
    func apply(_ draw: Draw, to polygon: Polygon, in size: ImageSize) -> Polygon

    /// Whether the picture is mirrored, so that a skeleton's left is its right. By default not.
    func mirrors(_ draw: Draw) -> Bool

    /// All boxes, unclipped: for transforms that repeat or remove some. By default one by one.
    func apply(_ draw: Draw, to boxes: [SampleBox], from size: ImageSize, to newSize: ImageSize) -> [SampleBox]

    /// The same for rotated boxes.
    func apply(_ draw: Draw, to boxes: [RotatedBox], from size: ImageSize, to newSize: ImageSize) -> [RotatedBox]

    /// The same for polygons.
    func apply(_ draw: Draw, to polygons: [Polygon], from size: ImageSize, to newSize: ImageSize) -> [Polygon]

    /// The same for objects' points; `mirror` is the order of a mirrored skeleton's, for copies that are mirrored.
    func apply(
        _ draw: Draw, to keypoints: [Keypoints], mirror: [Int], from size: ImageSize, to newSize: ImageSize
    ) -> [Keypoints]

    /// What a dropped box's report calls the transform. By default its name.
    var reportName: String { get }
}

extension SpatialTransform {
    public func apply(_ draw: Draw, toMask mask: inout Raster) { apply(draw, to: &mask) }

    public func apply(_ draw: Draw, to box: BoundingBox, in size: ImageSize) -> BoundingBox {
        BoundingBox(around: box.corners.map { apply(draw, to: $0, in: size) }) ?? box
    }

    public func apply(_ draw: Draw, to box: RotatedBox, in size: ImageSize) -> RotatedBox {
        box.moved(toCorners: box.corners.map { apply(draw, to: $0, in: size) })
    }

    public func apply(_ draw: Draw, to polygon: Polygon, in size: ImageSize) -> Polygon {
        var result = polygon
        result.rings = polygon.rings.map { ring in ring.map { apply(draw, to: $0, in: size) } }
        return result
    }

    public func mirrors(_ draw: Draw) -> Bool { false }

    public func apply(
        _ draw: Draw, to boxes: [SampleBox], from size: ImageSize, to newSize: ImageSize
    ) -> [SampleBox] {
        boxes.map { $0.moved(to: apply(draw, to: $0.box, in: size)) }
    }

    public func apply(
        _ draw: Draw, to boxes: [RotatedBox], from size: ImageSize, to newSize: ImageSize
    ) -> [RotatedBox] {
        boxes.map { apply(draw, to: $0, in: size) }
    }

    public func apply(
        _ draw: Draw, to polygons: [Polygon], from size: ImageSize, to newSize: ImageSize
    ) -> [Polygon] {
        polygons.map { apply(draw, to: $0, in: size) }
    }

    public func apply(
        _ draw: Draw, to keypoints: [Keypoints], mirror: [Int], from size: ImageSize, to newSize: ImageSize
    ) -> [Keypoints] {
        keypoints.map { object in object.moved { apply(draw, to: $0, in: size) } }
    }

    public var reportName: String { Self.name }
}

// MARK: - The whole sample

extension SpatialTransform {
    /// Boxes and polygons are cut at the new image's edges, and gone where nothing is left; points outside are absent.
    public func apply(_ draw: Draw, to sample: inout Sample) {
        let size = sample.size
        apply(draw, to: &sample.image)
        for index in sample.masks.indices { apply(draw, toMask: &sample.masks[index].raster) }
        move(&sample, by: draw, from: size, to: sample.size)
    }

    /// Everything but the picture and the masks.
    func move(_ sample: inout Sample, by draw: Draw, from size: ImageSize, to newSize: ImageSize) {
        moveBoxes(&sample, by: draw, from: size, to: newSize)
        moveOutlines(&sample, by: draw, from: size, to: newSize)
        movePoints(&sample, by: draw, from: size, to: newSize)
    }

    private func moveBoxes(_ sample: inout Sample, by draw: Draw, from size: ImageSize, to newSize: ImageSize) {
        guard !sample.boxes.isEmpty else { return }
        let moved = apply(draw, to: sample.boxes, from: size, to: newSize)
        let kept = moved.compactMap { $0.clipped(to: newSize) }
        sample.noteDropped(from: sample.boxes, to: moved, by: reportName, .removed)
        sample.noteDropped(from: moved, to: kept, by: reportName, .outside)
        sample.boxes = kept
    }

    private func moveOutlines(_ sample: inout Sample, by draw: Draw, from size: ImageSize, to newSize: ImageSize) {
        sample.rotatedBoxes = apply(draw, to: sample.rotatedBoxes, from: size, to: newSize)
            .filter { Polygon.area(of: Polygon.clip($0.corners, to: newSize)) > 0 }
        sample.polygons = apply(draw, to: sample.polygons, from: size, to: newSize)
            .map { $0.clipped(to: newSize) }
            .filter { !$0.rings.isEmpty }
    }

    private func movePoints(_ sample: inout Sample, by draw: Draw, from size: ImageSize, to newSize: ImageSize) {
        guard !sample.keypoints.isEmpty else { return }
        let mirror = sample.keypointMirror
        let moved = apply(draw, to: sample.keypoints, mirror: mirror, from: size, to: newSize)
        let order = mirrors(draw) ? mirror : []
        sample.keypoints = moved.map { $0.reordered(order).clipped(to: newSize) }
    }
}

extension Sample {
    /// Notes the boxes of one list that have no successor in the other.
    mutating func noteDropped(
        from before: [SampleBox], to after: [SampleBox], by transform: String, _ reason: DroppedBox.Reason
    ) {
        let kept = Set(after.map(\.index))
        for box in before where !kept.contains(box.index) {
            dropped.append(DroppedBox(index: box.index, transform: transform, reason: reason))
        }
    }
}

extension SampleBox {
    /// The part inside an image of this size; `nil` where there is none.
    func clipped(to size: ImageSize) -> SampleBox? {
        var result = self
        result.box = box.clipped(to: size)
        return result.box.area > 0 ? result : nil
    }
}

extension Keypoints {
    /// Points that are there, moved.
    func moved(_ move: (Point) -> Point) -> Keypoints {
        Keypoints(
            points.map { point in
                guard point.visibility != .absent else { return point }
                let place = move(Point(Double(point.x), Double(point.y)))
                return Keypoint(x: Float(place.x), y: Float(place.y), visibility: point.visibility)
            })
    }

    /// Whether any point is there and in an image of this size.
    func isInSight(of size: ImageSize) -> Bool {
        points.contains { $0.visibility != .absent && size.contains(Point(Double($0.x), Double($0.y))) }
    }

    /// Points exchanged as a mirrored skeleton's are; an order of another length changes nothing.
    func reordered(_ order: [Int]) -> Keypoints {
        guard order.count == points.count else { return self }
        return Keypoints(
            order.map { points.indices.contains($0) ? points[$0] : Keypoint(x: 0, y: 0, visibility: .absent) })
    }

    func clipped(to size: ImageSize) -> Keypoints {
        Keypoints(points.map { $0.clipped(width: Float(size.width), height: Float(size.height)) })
    }
}
