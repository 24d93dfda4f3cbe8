import ApusVision

/// A picture and the boxes in it: what the training recipe draws scenes from.
public struct LabeledImage: Hashable, Sendable {
    public var image: Image
    public var boxes: [LabeledBox]

    public init(image: Image, boxes: [LabeledBox] = []) { (self.image, self.boxes) = (image, boxes) }

    /// The picture with its image stretched to another size.
    public func resized(to size: ImageSize) -> LabeledImage {
        guard size != image.size else { return self }
        let (x, y) = (Float(size.width) / Float(image.width), Float(size.height) / Float(image.height))
        return LabeledImage(
            image: image.resized(width: size.width, height: size.height),
            boxes: boxes.map { LabeledBox($0.box.scaled(x: x, y: y), label: $0.label, isCrowd: $0.isCrowd) })
    }

    /// The picture at the size at which its longer side is `side` pixels; the shorter side rounds up.
    public func resized(longerSide side: Int) -> LabeledImage { resized(to: image.size.scaled(longerSide: side)) }
}

extension LabeledImage {
    /// What a pipeline made, as a picture: bytes of RGB, its longer side at most `side`.
    init(_ sample: Sample, longerSideUpTo side: Int) {
        let boxes = sample.boxes.map(\.labeled)
        let whole = LabeledImage(image: sample.image.rgbImage, boxes: boxes)
        self = max(sample.size.width, sample.size.height) > side ? whole.resized(longerSide: side) : whole
    }

    var sample: Sample { Sample(image: Raster(image), boxes: boxes) }
}

extension ImageSize {
    /// The size of the same shape whose longer side is `side`; the shorter side rounds up and is at least 1.
    public func scaled(longerSide side: Int) -> ImageSize {
        let longer = max(width, height)
        func fitted(_ extent: Int) -> Int { max((extent * side + longer - 1) / longer, 1) }
        return ImageSize(width: fitted(width), height: fitted(height))
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
