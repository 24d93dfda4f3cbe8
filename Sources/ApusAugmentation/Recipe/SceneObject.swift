import ApusVision

/// An object of a picture on its way through the training recipe: its box, and what else is known of its shape.
public struct SceneObject: Hashable, Sendable {
    public var box: BoundingBox
    public var label: Int
    public var isCrowd: Bool
    /// `nil` where the box is all that is learnt.
    public var shape: ObjectShape?

    public init(_ box: BoundingBox, label: Int, isCrowd: Bool = false, shape: ObjectShape? = nil) {
        (self.box, self.label, self.isCrowd, self.shape) = (box, label, isCrowd, shape)
    }

    public init(_ labeled: LabeledBox, shape: ObjectShape? = nil) {
        self.init(labeled.box, label: labeled.label, isCrowd: labeled.isCrowd, shape: shape)
    }

    public var labeled: LabeledBox { LabeledBox(box, label: label, isCrowd: isCrowd) }

    /// The same object elsewhere.
    func moved(to box: BoundingBox, _ shape: ObjectShape?) -> SceneObject {
        SceneObject(box, label: label, isCrowd: isCrowd, shape: shape)
    }

    /// Seen at another size, nothing cut.
    func scaled(x: Float, y: Float) -> SceneObject {
        let shape = shape?.moved { $0 * Point(Double(x), Double(y)) }
        return moved(to: box.scaled(x: x, y: y), shape)
    }

    /// Shifted, and cut at the edges of a canvas; `nil` where nothing is left.
    func shifted(x: Int, y: Int, in size: ImageSize) -> SceneObject? {
        let place = box.shifted(x: Float(x), y: Float(y)).clipped(to: size)
        guard let shape else { return place.area > 0 ? moved(to: place, nil) : nil }
        let cut = shape.moved { $0 + Point(Double(x), Double(y)) }.clipped(to: size)
        guard let hull = cut.isOutlined ? cut.outlineHull : place, hull.area > 0 else { return nil }
        return moved(to: hull, cut)
    }

    /// Mirrored with its picture.
    func flipped<Flip: SpatialTransform>(by flip: Flip, in size: ImageSize, mirror: [Int]) -> SceneObject?
    where Flip.Draw == NoDraw {
        let place = flip.apply(NoDraw(), to: box, in: size).clipped(to: size)
        guard place.area > 0 else { return nil }
        let shape = shape?.moved { flip.apply(NoDraw(), to: $0, in: size) }
        return moved(to: place, shape?.mirrored(mirror))
    }
}
