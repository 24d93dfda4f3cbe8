import ApusCore
import ApusVision

/// Turns, scales, shears, tilts and shifts about the image's centre; what lies outside is grey.
///
/// The map is `T · S · R · P · C`: centre, perspective, rotation with scale, shear, translation, as in YOLOv8's recipe.
/// Boxes become the hull of their four corners, boxes of outlined objects the hull of what is left of the outline.
public struct RandomAffine: Sendable {
    /// Rotation up to this many degrees either way.
    public var degrees: Double
    /// Shift up to this fraction of the output's sides either way.
    public var translate: Double
    /// The scale lies in `1 - scale ... 1 + scale`.
    public var scale: Double
    /// Shear up to this many degrees either way, along each axis.
    public var shear: Double
    /// The perspective terms lie within this bound either way; 0 to 0.001.
    public var perspective: Double
    /// The size of the result; `nil` keeps the input's.
    public var outputSize: ImageSize?
    public var background: UInt8
    public var rule: BoxRule
    /// The rule for objects with outlines.
    public var outlineRule = BoxRule(minimumVisibility: 0.01)

    public init(
        degrees: Double = 0, translate: Double = 0.1, scale: Double = 0.5, shear: Double = 0, perspective: Double = 0,
        outputSize: ImageSize? = nil, background: UInt8 = 114, rule: BoxRule = BoxRule()
    ) {
        (self.degrees, self.translate, self.scale) = (degrees, translate, scale)
        (self.shear, self.perspective) = (shear, perspective)
        (self.outputSize, self.background, self.rule) = (outputSize, background, rule)
    }

    public struct Draw: Hashable, Sendable {
        /// From the input's places to the output's, in pixels with centres at half integers.
        public var map: ProjectiveMap
        /// The scale among the map's parts.
        public var scale: Double
        public var outputSize: ImageSize

        public init(map: ProjectiveMap, scale: Double, outputSize: ImageSize) {
            (self.map, self.scale, self.outputSize) = (map, scale, outputSize)
        }

        /// The same picture at another size of the same shape.
        func scaled(to size: ImageSize) -> Draw {
            guard size != outputSize else { return self }
            let x = Double(size.width) / Double(outputSize.width)
            let y = Double(size.height) / Double(outputSize.height)
            return Draw(map: .scaling(x: x, y: y) * map, scale: scale * (x * y).squareRoot(), outputSize: size)
        }
    }

    /// Below this scale an image is a dot, and its inverse map overflows.
    private static let smallestScale = 0.01

    public func draw(for size: ImageSize, using generator: inout RandomStream) -> Draw {
        let output = outputSize ?? size
        let center = ProjectiveMap.translation(x: -Double(size.width) / 2, y: -Double(size.height) / 2)
        let tilt = ProjectiveMap.perspective(
            x: generator.uniform(-perspective, perspective), y: generator.uniform(-perspective, perspective))
        let angle = generator.uniform(-degrees, degrees)
        let factor = max(generator.uniform(1 - scale, 1 + scale), Self.smallestScale)
        let skew = ProjectiveMap.shear(
            xDegrees: generator.uniform(-shear, shear), yDegrees: generator.uniform(-shear, shear))
        let shift = ProjectiveMap.translation(
            x: generator.uniform(0.5 - translate, 0.5 + translate) * Double(output.width),
            y: generator.uniform(0.5 - translate, 0.5 + translate) * Double(output.height))
        let turn = ProjectiveMap.rotation(degrees: angle, scale: factor)
        return Draw(map: shift * skew * turn * tilt * center, scale: factor, outputSize: output)
    }

    public func apply(_ draw: Draw, to image: Image) -> Image {
        let canvas = TileCanvas(size: image.size, background: background, tiles: [.init(image.rgb, left: 0, top: 0)])
        return canvas.image(through: draw.map, size: draw.outputSize)
    }

    /// The boxes moved, clipped to the output, and without those of which too little is left.
    public func move(_ boxes: [LabeledBox], by draw: Draw) -> [LabeledBox] {
        move(boxes.map { SceneObject($0) }, by: draw).map(\.labeled)
    }

    /// The objects moved, clipped to the output, and without those of which too little is left.
    public func move(_ objects: [SceneObject], by draw: Draw) -> [SceneObject] {
        objects.compactMap { move($0, by: draw) }
    }

    private func move(_ object: SceneObject, by draw: Draw) -> SceneObject? {
        let box = object.box.hull { draw.map($0) }.clipped(to: draw.outputSize)
        let area = object.box.area * Float(draw.scale * draw.scale)
        guard let shape = object.shape?.moved({ draw.map($0) }).clipped(to: draw.outputSize) else {
            return rule.keeps(box, wholeArea: area) ? object.moved(to: box, nil) : nil
        }
        if shape.isOutlined {
            guard let hull = shape.outlineHull, outlineRule.keeps(hull, wholeArea: area) else { return nil }
            return object.moved(to: hull, shape)
        }
        if let turned = shape.turned, let before = object.shape?.turned {
            let whole = Float(before.area * draw.scale * draw.scale)
            return rule.keeps(turned.unturned, wholeArea: whole) ? object.moved(to: box, shape) : nil
        }
        return rule.keeps(box, wholeArea: area) ? object.moved(to: box, shape) : nil
    }
}

extension RotatedBox {
    /// A box of its extents.
    fileprivate var unturned: BoundingBox {
        BoundingBox(minX: 0, minY: 0, maxX: Float(width), maxY: Float(height))
    }
}
