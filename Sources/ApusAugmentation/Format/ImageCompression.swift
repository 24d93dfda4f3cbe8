import ApusConfiguration
import ApusCore
import ApusVision

/// Compresses as JPEG and decodes again. Floats go through bytes.
public struct ImageCompression: PixelTransform {
    /// Of Albumentations' kinds, WebP is not there.
    public enum Kind: String, CaseIterable, Codable, Sendable { case jpeg }

    public var kind = Kind.jpeg
    public var quality = 99...100

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.choice("compression_type", &kind)
        try parameters.range("quality_range", &quality, in: 1...100)
    }

    /// The quality.
    public func draw(for sample: Sample, using stream: inout RandomStream) -> Int? { stream.integer(quality) }

    public func apply(_ draw: Int, to image: inout Raster) {
        let quality = min(max(draw, 1), 100)
        guard max(image.width, image.height) <= Image.maximumJPEGSide else { return }
        image.asBytes { bytes in
            if bytes.channels == 3 {
                bytes = Self.compressed(bytes, quality)
            } else {
                bytes = Self.compressedInParts(bytes, quality)
            }
        }
    }

    /// Albumentations hands RGB to OpenCV, which takes it for BGR: red and blue change places in the file.
    private static func compressed(_ bytes: Raster, _ quality: Int) -> Raster {
        var swapped = bytes
        if bytes.channels == 3 { ChannelShuffle().apply([2, 1, 0], to: &swapped) }
        guard let image = Image(swapped),
            let decoded = try? Image(decoding: image.jpegData(quality: quality), name: "compressed")
        else { return bytes }
        var result = Raster(decoded)
        if bytes.channels == 3 { ChannelShuffle().apply([2, 1, 0], to: &result) }
        return bytes.channels == 1 ? result.planes()[0] : result
    }

    /// The first three channels as a colour image (two with an empty one), every other by itself.
    private static func compressedInParts(_ bytes: Raster, _ quality: Int) -> Raster {
        let planes = bytes.planes()
        guard planes.count > 1 else { return compressed(bytes, quality) }
        let empty = Raster(size: bytes.size, channels: 1, uint8: [UInt8](repeating: 0, count: bytes.pixelCount))
        let first = compressed(bytes.joined(planes.count == 2 ? planes + [empty] : Array(planes[..<3])), quality)
            .planes()
        return bytes.joined(first[..<min(planes.count, 3)] + planes.dropFirst(3).map { compressed($0, quality) })
    }
}
