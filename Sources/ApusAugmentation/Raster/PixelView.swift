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
