import ApusVision

/// 8-bit pixels that may be written where they lie, such as one image's place in a batch.
public struct PixelView {
    public let base: UnsafeMutablePointer<UInt8>
    public let size: ImageSize
    public let channels: Int

    public init(_ base: UnsafeMutablePointer<UInt8>, size: ImageSize, channels: Int = 3) {
        (self.base, self.size, self.channels) = (base, size, channels)
    }

    public var byteCount: Int { size.width * size.height * channels }
    public var rowBytes: Int { size.width * channels }
    public var bytes: UnsafeMutableBufferPointer<UInt8> { UnsafeMutableBufferPointer(start: base, count: byteCount) }
}

/// A transform that keeps the image's size and works on its pixels where they lie.
public protocol InPlaceTransform: Transform {
    func apply(_ draw: Draw, to pixels: PixelView)
}

extension InPlaceTransform {
    public func apply(_ draw: Draw, to image: Image) -> Image {
        var result = image
        let (size, channels) = (image.size, image.channels)
        result.pixels.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            apply(draw, to: PixelView(base, size: size, channels: channels))
        }
        return result
    }
}
