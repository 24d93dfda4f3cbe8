import CApusCodecs

extension Image {
    /// The longest side that a JPEG file can have.
    public static let maximumJPEGSide = 65_500

    /// The image as an 8-bit PNG file.
    ///
    /// - Parameter level: zlib's effort, from 0 (none) to 9.
    public func pngData(level: Int = 4) -> [UInt8] {
        precondition((0...9).contains(level), "a compression level of \(level), expected 0 to 9")
        return encoded { apus_png_encode($0, Int32(width), Int32(height), Int32(channels), Int32(level), &$1) }
    }

    /// The image as a baseline JPEG file with 4:2:0 chroma; alpha is ignored.
    ///
    /// - Parameter quality: from 1 to 100.
    public func jpegData(quality: Int = 90) -> [UInt8] {
        precondition((1...100).contains(quality), "a quality of \(quality), expected 1 to 100")
        precondition(max(width, height) <= Self.maximumJPEGSide, "\(width)×\(height) is too large for a JPEG")
        return encoded { apus_jpeg_encode($0, Int32(width), Int32(height), Int32(channels), Int32(quality), &$1) }
    }

    private func encoded(
        _ encode: (UnsafePointer<UInt8>, inout apus_codec_buffer) -> apus_codec_result
    ) -> [UInt8] {
        precondition(width > 0 && height > 0, "an image without pixels cannot be encoded")
        precondition([1, 3, 4].contains(channels), "\(channels) channels, expected 1, 3 or 4")
        var buffer = apus_codec_buffer()
        defer { apus_codec_free(&buffer) }
        let result = pixels.withUnsafeBufferPointer { encode($0.baseAddress!, &buffer) }
        precondition(result.status == APUS_CODEC_OK, "the codec refused \(width)×\(height)×\(channels)")
        return Array(UnsafeBufferPointer(start: buffer.bytes, count: buffer.count))
    }
}
