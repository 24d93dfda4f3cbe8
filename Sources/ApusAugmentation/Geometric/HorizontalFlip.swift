import ApusVision

/// Mirrors a sample about its vertical axis; applied twice, it is the identity.
public struct HorizontalFlip: InPlaceTransform {
    public var probability: Double

    public init(probability: Double = 0.5) { self.probability = probability }

    public func draw(for size: ImageSize, using generator: inout some RandomNumberGenerator) -> Void? {
        generator.happens(probability) ? () : nil
    }

    public func apply(_ draw: Void, to pixels: PixelView) {
        for row in 0..<pixels.size.height {
            let start = pixels.base + row * pixels.rowBytes
            if pixels.channels == 3 {
                mirror(UnsafeMutableRawPointer(start).assumingMemoryBound(to: RGB.self), count: pixels.size.width)
            } else {
                mirror(start, count: pixels.size.width, channels: pixels.channels)
            }
        }
    }

    public func apply(_ draw: Void, to point: SIMD2<Float>, in size: ImageSize) -> SIMD2<Float> {
        SIMD2(Float(size.width) - point.x, point.y)
    }

    private typealias RGB = (UInt8, UInt8, UInt8)

    private func mirror(_ pixels: UnsafeMutablePointer<RGB>, count: Int) {
        var (left, right) = (pixels, pixels + max(count - 1, 0))
        while left < right {
            swap(&left.pointee, &right.pointee)
            left += 1
            right -= 1
        }
    }

    private func mirror(_ pixels: UnsafeMutablePointer<UInt8>, count: Int, channels: Int) {
        for x in 0..<count / 2 {
            for channel in 0..<channels {
                swap(&pixels[x * channels + channel], &pixels[(count - 1 - x) * channels + channel])
            }
        }
    }
}
