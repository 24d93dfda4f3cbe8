extension ImageHeader {
    /// Reads IHDR, and looks for an orientation in the chunks before the image data. W3C, *PNG specification*.
    static func png(_ reader: ByteReader, name: String) throws(ImageError) -> ImageHeader {
        guard reader.count >= 33 else {
            throw .truncated(file: name, format: .png, reason: "the file ends inside its header")
        }
        guard reader.matches("IHDR", at: 12), let width = reader.integer(at: 16, bytes: 4),
            let height = reader.integer(at: 20, bytes: 4), (1...0x7FFF_FFFF).contains(width),
            (1...0x7FFF_FFFF).contains(height), let channels = channels(colorType: reader.byte(at: 25))
        else { throw .damaged(file: name, format: .png, reason: "the header chunk makes no sense") }
        return ImageHeader(
            format: .png, width: width, height: height, channels: channels, orientation: orientation(reader))
    }

    private static func channels(colorType: Int?) -> Int? {
        switch colorType {
        case 0, 3: 1
        case 2: 3
        case 4: 2
        case 6: 4
        default: nil
        }
    }

    private static func orientation(_ reader: ByteReader) -> ImageOrientation {
        var offset = 8
        while let length = reader.integer(at: offset, bytes: 4), !reader.matches("IDAT", at: offset + 4) {
            if reader.matches("eXIf", at: offset + 4) {
                return ImageOrientation(tiff: reader.slice(offset + 8..<offset + 8 + length)) ?? .up
            }
            offset += length + 12
        }
        return .up
    }
}
