import ApusVision

/// Mirrors a sample about its horizontal axis; applied twice, it is the identity.
public struct VerticalFlip: InPlaceTransform {
    public var probability: Double

    public init(probability: Double = 0.5) { self.probability = probability }

    public func draw(for size: ImageSize, using generator: inout some RandomNumberGenerator) -> Void? {
        generator.happens(probability) ? () : nil
    }

    public func apply(_ draw: Void, to pixels: PixelView) {
        for row in 0..<pixels.size.height / 2 {
            let upper = UnsafeMutableBufferPointer(start: pixels.base + row * pixels.rowBytes, count: pixels.rowBytes)
            let lower = pixels.base + (pixels.size.height - 1 - row) * pixels.rowBytes
            for index in upper.indices { swap(&upper[index], &lower[index]) }
        }
    }

    public func apply(_ draw: Void, to point: SIMD2<Float>, in size: ImageSize) -> SIMD2<Float> {
        SIMD2(point.x, Float(size.height) - point.y)
    }
}
