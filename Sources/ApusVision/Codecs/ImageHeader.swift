import ApusCore

/// What an image file says of itself before its pixels: read without decoding.
public struct ImageHeader: Hashable, Sendable {
    public let format: ImageFormat
    /// Extents as stored, before the orientation is applied.
    public let width, height: Int
    /// Components as stored: 1 grey or palette, 2 grey and alpha, 3 RGB, 4 RGBA or CMYK.
    public let channels: Int
    public let orientation: ImageOrientation

    /// Extents as shown, which are those of a decoded `Image`.
    public var displaySize: (width: Int, height: Int) {
        orientation.swapsSides ? (height, width) : (width, height)
    }

    public static func read(contentsOf path: String) throws(ImageError) -> ImageHeader {
        let file: MappedFile
        do throws(FileError) { file = try MappedFile(path: path) } catch { throw .unreadable(error) }
        defer { withExtendedLifetime(file) {} }
        return try read(decoding: file.bytes, name: path)
    }

    /// - Parameter name: what errors call these bytes.
    public static func read(decoding bytes: UnsafeRawBufferPointer, name: String) throws(ImageError) -> ImageHeader {
        guard !bytes.isEmpty else { throw .empty(file: name) }
        guard let format = ImageFormat(signatureOf: bytes) else {
            throw .unknownFormat(file: name, firstBytes: Array(bytes.prefix(4)))
        }
        switch format {
        case .jpeg: return try jpeg(ByteReader(bytes: bytes), name: name)
        case .png: return try png(ByteReader(bytes: bytes), name: name)
        }
    }
}
