import ApusVision

/// Cuts a window of fixed size out of a place drawn uniformly; a smaller image is cut only where it is larger.
public struct RandomCrop: Transform {
    public var size: ImageSize
    public var rule: BoxRule

    public init(size: ImageSize, rule: BoxRule = BoxRule(minimumSide: 0)) { (self.size, self.rule) = (size, rule) }

    public struct Draw: Hashable, Sendable {
        public var left, top: Int

        public init(left: Int, top: Int) { (self.left, self.top) = (left, top) }
    }

    public func draw(for size: ImageSize, using generator: inout some RandomNumberGenerator) -> Draw? {
        let left = generator.index(below: max(size.width - self.size.width, 0) + 1)
        let top = generator.index(below: max(size.height - self.size.height, 0) + 1)
        return Draw(left: left, top: top)
    }

    public func apply(_ draw: Draw, to image: Image) -> Image {
        let (width, height) = (min(size.width, image.width), min(size.height, image.height))
        let rowBytes = width * image.channels
        return Image(uninitializedWidth: width, height: height, channels: image.channels) { output in
            for y in 0..<height {
                let start = ((draw.top + y) * image.width + draw.left) * image.channels
                _ = output[(y * rowBytes)..<((y + 1) * rowBytes)].update(
                    fromContentsOf: image.pixels[start..<start + rowBytes])
            }
        }
    }

    public func apply(_ draw: Draw, to point: SIMD2<Float>, in size: ImageSize) -> SIMD2<Float> {
        point - SIMD2(Float(draw.left), Float(draw.top))
    }

    public func keeps(_ box: BoundingBox, of original: BoundingBox, after draw: Draw) -> Bool {
        rule.keeps(box, wholeArea: original.area)
    }
}
