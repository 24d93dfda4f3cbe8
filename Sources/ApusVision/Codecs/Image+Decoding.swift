import ApusCore
import CApusCodecs

/// How an image file becomes pixels.
public struct ImageDecodingOptions: Hashable, Sendable {
    /// Turn the image as its EXIF orientation says.
    public var appliesOrientation = true
    /// Keep what a truncated or damaged JPEG still shows, in place of an error.
    public var allowsDamage = false
    /// Divide the sides of a JPEG by 1, 2, 4 or 8 (rounding up) inside the DCT, which is much faster.
    /// A PNG stays whole.
    public var reduction = 1
    /// Refuse files with more pixels than this.
    public var pixelLimit = 1 << 28

    public init() {}
}

extension Image {
    /// Decodes a JPEG or PNG file to RGB: grey is expanded, alpha dropped, the EXIF orientation applied.
    public init(contentsOf path: String, options: ImageDecodingOptions = .init()) throws(ImageError) {
        let file: MappedFile
        do throws(FileError) { file = try MappedFile(path: path) } catch { throw .unreadable(error) }
        defer { withExtendedLifetime(file) {} }
        try self.init(decoding: file.bytes, name: path, options: options)
    }

    /// - Parameter name: what errors call these bytes.
    public init(decoding bytes: [UInt8], name: String, options: ImageDecodingOptions = .init()) throws(ImageError) {
        self = try bytes.withUnsafeBytes { buffer in
            Result { () throws(ImageError) in try Image(decoding: buffer, name: name, options: options) }
        }.get()
    }

    /// - Parameter name: what errors call these bytes.
    public init(
        decoding bytes: UnsafeRawBufferPointer, name: String, options: ImageDecodingOptions = .init()
    ) throws(ImageError) {
        let header = try ImageHeader.read(decoding: bytes, name: name)
        guard header.width <= options.pixelLimit / header.height else {
            throw .tooLarge(file: name, width: header.width, height: header.height, limit: options.pixelLimit)
        }
        let decoder = ImageDecoder(bytes: bytes, header: header, options: options)
        let (image, result) = decoder.decode()
        if let error = ImageError(result, file: name, format: header.format) { throw error }
        self = options.appliesOrientation ? image.oriented(header.orientation) : image
    }
}

/// One call of the C codecs.
private struct ImageDecoder {
    let bytes: UnsafeRawBufferPointer
    let header: ImageHeader
    let options: ImageDecodingOptions

    /// The pixels mean nothing where the result is not OK.
    func decode() -> (Image, apus_codec_result) {
        let denominator = header.format == .jpeg ? options.reduction : 1
        precondition([1, 2, 4, 8].contains(denominator), "a reduction of \(denominator), expected 1, 2, 4 or 8")
        let width = (header.width + denominator - 1) / denominator
        let height = (header.height + denominator - 1) / denominator
        var result = apus_codec_result()
        let image = Image(uninitializedWidth: width, height: height, channels: 3) { pixels in
            let (input, output) = (bytes.bindMemory(to: UInt8.self).baseAddress, pixels.baseAddress)
            result =
                switch header.format {
                case .jpeg:
                    apus_jpeg_decode(
                        input, bytes.count, Int32(denominator), options.allowsDamage, Int32(width), Int32(height),
                        output)
                case .png: apus_png_decode(input, bytes.count, Int32(width), Int32(height), output)
                }
        }
        return (image, result)
    }
}

extension ImageError {
    /// `nil` where the codec succeeded.
    init?(_ result: apus_codec_result, file: String, format: ImageFormat) {
        let reason = withUnsafeBytes(of: result.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        switch result.status {
        case APUS_CODEC_OK: return nil
        case APUS_CODEC_TRUNCATED: self = .truncated(file: file, format: format, reason: reason)
        case APUS_CODEC_DAMAGED: self = .damaged(file: file, format: format, reason: reason)
        default: self = .unsupported(file: file, format: format, reason: reason)
        }
    }
}
