/// 8-bit pixels in rows, channels interleaved: grey, RGB or RGBA.
public struct Image: Hashable, Sendable {
    public let width: Int
    public let height: Int
    /// 1, 3 or 4.
    public let channels: Int
    /// `height × width × channels` bytes.
    public var pixels: [UInt8]

    public init(width: Int, height: Int, channels: Int, pixels: [UInt8]) {
        precondition(
            pixels.count == width * height * channels, "\(pixels.count) bytes, expected \(width)×\(height)×\(channels)")
        (self.width, self.height, self.channels, self.pixels) = (width, height, channels, pixels)
    }

    /// An image of one colour.
    public init(width: Int, height: Int, color: [UInt8]) {
        self.init(uninitializedWidth: width, height: height, channels: color.count) { pixels in
            for index in pixels.indices { pixels[index] = color[index % color.count] }
        }
    }

    /// An image whose every byte `fill` writes.
    public init(
        uninitializedWidth width: Int, height: Int, channels: Int,
        fill: (UnsafeMutableBufferPointer<UInt8>) throws -> Void
    ) rethrows {
        let count = width * height * channels
        let pixels = try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            try fill(UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
            initialized = count
        }
        self.init(width: width, height: height, channels: channels, pixels: pixels)
    }
}
