import ApusVision

/// Stretches to a fixed size, bilinear.
public struct Resize: Transform {
    public var size: ImageSize

    public init(size: ImageSize) { self.size = size }

    public func draw(for size: ImageSize, using generator: inout some RandomNumberGenerator) -> Void? {
        size == self.size ? nil : ()
    }

    public func apply(_ draw: Void, to image: Image) -> Image {
        image.resized(width: size.width, height: size.height)
    }

    public func apply(_ draw: Void, to point: SIMD2<Float>, in size: ImageSize) -> SIMD2<Float> {
        point * SIMD2(Float(self.size.width) / Float(size.width), Float(self.size.height) / Float(size.height))
    }
}
