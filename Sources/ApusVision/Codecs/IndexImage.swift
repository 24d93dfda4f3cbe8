import ApusCore
import CApusCodecs

/// A picture of numbers, such as the class of each pixel: what a PNG with a palette holds.
public struct IndexImage: Hashable, Sendable {
    public let width, height: Int
    /// One value a pixel, row by row.
    public var indices: [UInt8]

    public init(width: Int, height: Int, indices: [UInt8]) {
        precondition(indices.count == width * height, "\(indices.count) values, expected \(width)×\(height)")
        (self.width, self.height, self.indices) = (width, height, indices)
    }

    /// Reads the palette indices, or the grey values, of a PNG with at most 8 bits a pixel.
    ///
    /// - Parameters:
    ///   - name: what errors call these bytes.
    ///   - pixelLimit: files with more pixels are refused.
    public init(
        decodingPNG bytes: UnsafeRawBufferPointer, name: String, pixelLimit: Int = 1 << 28
    ) throws(ImageError) {
        let header = try ImageHeader.read(decoding: bytes, name: name)
        guard header.format == .png else {
            throw .unsupported(file: name, format: header.format, reason: "masks are PNG files")
        }
        guard header.width <= pixelLimit / header.height else {
            throw .tooLarge(file: name, width: header.width, height: header.height, limit: pixelLimit)
        }
        guard header.channels == 1 else {
            throw .unsupported(file: name, format: .png, reason: "a mask has a palette or is grey, this has colours")
        }
        var result = apus_codec_result()
        let image = Image(uninitializedWidth: header.width, height: header.height, channels: 1) { pixels in
            result = apus_png_decode_indices(
                bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count, Int32(header.width), Int32(header.height),
                pixels.baseAddress)
        }
        if let error = ImageError(result, file: name, format: .png) { throw error }
        self.init(width: image.width, height: image.height, indices: image.pixels)
    }

    /// The picture as a PNG whose palette gives each index a colour.
    ///
    /// - Parameter palette: at most 256 colours; indices beyond them are shown black.
    public func pngData(palette: [Color]) -> [UInt8] {
        precondition(width > 0 && height > 0, "an image without pixels cannot be encoded")
        let count = max(Int(indices.max() ?? 0) + 1, min(palette.count, 256))
        let colors = (0..<count).flatMap { index in
            let color = index < palette.count ? palette[index] : .black
            return [color.red, color.green, color.blue]
        }
        var buffer = apus_codec_buffer()
        defer { apus_codec_free(&buffer) }
        let result = apus_png_encode_indices(indices, Int32(width), Int32(height), colors, Int32(count), &buffer)
        precondition(result.status == APUS_CODEC_OK, "the codec refused \(width)×\(height) indices")
        return Array(UnsafeBufferPointer(start: buffer.bytes, count: buffer.count))
    }
}
