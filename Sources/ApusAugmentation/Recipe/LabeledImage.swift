import ApusVision

/// A picture and the objects in it: what the training recipe draws scenes from.
public struct LabeledImage: Hashable, Sendable {
    public var image: Image
    public var objects: [SceneObject]

    public init(image: Image, objects: [SceneObject]) { (self.image, self.objects) = (image, objects) }

    public init(image: Image, boxes: [LabeledBox] = []) {
        self.init(image: image, objects: boxes.map { SceneObject($0) })
    }

    /// Those of the objects; new ones are all that is known of theirs.
    public var boxes: [LabeledBox] {
        get { objects.map(\.labeled) }
        set { objects = newValue.map { SceneObject($0) } }
    }

    /// The picture with its image stretched to another size.
    public func resized(to size: ImageSize) -> LabeledImage {
        guard size != image.size else { return self }
        let (x, y) = (Float(size.width) / Float(image.width), Float(size.height) / Float(image.height))
        return LabeledImage(
            image: image.resized(width: size.width, height: size.height),
            objects: objects.map { $0.scaled(x: x, y: y) })
    }

    /// The picture at the size at which its longer side is `side` pixels; the shorter side rounds up.
    public func resized(longerSide side: Int) -> LabeledImage { resized(to: image.size.scaled(longerSide: side)) }
}

extension LabeledImage {
    /// Shrunk where it is larger than `size`, its shape kept.
    func fitted(in size: ImageSize) -> LabeledImage {
        guard image.width > size.width || image.height > size.height else { return self }
        guard size.width != size.height else { return resized(longerSide: size.width) }
        return resized(to: image.size.shrunk(into: size))
    }
}

extension ImageSize {
    /// The size of the same shape whose longer side is `side`; the shorter side rounds up and is at least 1.
    public func scaled(longerSide side: Int) -> ImageSize {
        let longer = max(width, height)
        func fitted(_ extent: Int) -> Int { max((extent * side + longer - 1) / longer, 1) }
        return ImageSize(width: fitted(width), height: fitted(height))
    }

    /// The largest size of the same shape that fits into another; each side is at least 1.
    func shrunk(into limit: ImageSize) -> ImageSize {
        let ratio = min(Double(limit.width) / Double(width), Double(limit.height) / Double(height))
        return ImageSize(
            width: max(min(Int(Double(width) * ratio), limit.width), 1),
            height: max(min(Int(Double(height) * ratio), limit.height), 1))
    }
}

extension BoundingBox {
    func scaled(x: Float, y: Float) -> BoundingBox {
        BoundingBox(minX: minX * x, minY: minY * y, maxX: maxX * x, maxY: maxY * y)
    }

    func shifted(x: Float, y: Float) -> BoundingBox {
        BoundingBox(minX: minX + x, minY: minY + y, maxX: maxX + x, maxY: maxY + y)
    }

    /// The smallest box around its four corners, each moved by `move`.
    func hull(_ move: (SIMD2<Float>) -> SIMD2<Float>) -> BoundingBox {
        let corners = [SIMD2(minX, minY), SIMD2(maxX, minY), SIMD2(minX, maxY), SIMD2(maxX, maxY)].map(move)
        let low = corners.dropFirst().reduce(corners[0]) { pointwiseMin($0, $1) }
        let high = corners.dropFirst().reduce(corners[0]) { pointwiseMax($0, $1) }
        return BoundingBox(minX: low.x, minY: low.y, maxX: high.x, maxY: high.y)
    }
}
