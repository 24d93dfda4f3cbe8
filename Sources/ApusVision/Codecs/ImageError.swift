import ApusCore

/// An image file that cannot be read: which file, what is wrong with it and what to do.
public enum ImageError: Error, Equatable, CustomStringConvertible {
    case unreadable(FileError)
    /// The file has no bytes.
    case empty(file: String)
    /// Neither a JPEG nor a PNG signature.
    case unknownFormat(file: String, firstBytes: [UInt8])
    /// The bytes end before the image does.
    case truncated(file: String, format: ImageFormat, reason: String)
    /// A wrong checksum, an impossible code or a header that contradicts itself.
    case damaged(file: String, format: ImageFormat, reason: String)
    /// A valid image of a kind that cannot be decoded.
    case unsupported(file: String, format: ImageFormat, reason: String)
    /// More pixels than the limit allows: perhaps a decompression bomb.
    case tooLarge(file: String, width: Int, height: Int, limit: Int)

    /// The file, as the caller named it.
    public var file: String {
        switch self {
        case .unreadable(let error): error.path
        case .empty(let file), .unknownFormat(let file, _), .truncated(let file, _, _), .damaged(let file, _, _),
            .unsupported(let file, _, _), .tooLarge(let file, _, _, _):
            file
        }
    }

    public var description: String {
        switch self {
        case .unreadable(let error): error.description
        case .empty(let file): "\(file): the file is empty; copy it again from its source"
        case .unknownFormat(let file, let bytes): Self.unknown(file, bytes)
        case .truncated(let file, let format, let reason):
            "\(file): truncated \(format) (\(reason)); copy it again from its source"
        case .damaged(let file, let format, let reason):
            "\(file): damaged \(format) (\(reason)); copy it again from its source"
        case .unsupported(let file, let format, let reason):
            "\(file): \(format) of a kind that cannot be decoded (\(reason)); save it as 8-bit RGB"
        case .tooLarge(let file, let width, let height, let limit):
            "\(file): \(width)×\(height) pixels, more than the limit of \(limit); scale it down or raise the limit"
        }
    }

    private static func unknown(_ file: String, _ bytes: [UInt8]) -> String {
        let hexadecimal = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
        return "\(file): neither JPEG nor PNG (it begins with \(hexadecimal)); convert it to one of them"
    }
}
