extension ImageHeader {
    /// Walks the segments up to the frame header. ITU-T T.81, annex B.
    static func jpeg(_ reader: ByteReader, name: String) throws(ImageError) -> ImageHeader {
        var orientation: ImageOrientation?
        var offset = 2
        while let segment = try JPEGSegment(reader, at: offset, name: name) {
            if segment.isFrameHeader {
                return try frame(segment, orientation: orientation ?? .up, name: name)
            }
            orientation = orientation ?? segment.orientation
            offset = segment.end
        }
        throw .damaged(file: name, format: .jpeg, reason: "no frame header before the image data")
    }

    private static func frame(
        _ segment: JPEGSegment, orientation: ImageOrientation, name: String
    ) throws(ImageError) -> ImageHeader {
        guard let height = segment.body.integer(at: 1, bytes: 2), let width = segment.body.integer(at: 3, bytes: 2),
            let channels = segment.body.byte(at: 5)
        else { throw .truncated(file: name, format: .jpeg, reason: "the file ends inside the frame header") }
        guard width > 0, height > 0, (1...4).contains(channels) else {
            throw .damaged(
                file: name, format: .jpeg, reason: "a frame of \(width)×\(height) with \(channels) components")
        }
        return ImageHeader(format: .jpeg, width: width, height: height, channels: channels, orientation: orientation)
    }
}

/// One marker with its body.
struct JPEGSegment {
    let marker: Int
    let body: ByteReader
    /// Where the next marker begins.
    let end: Int

    /// The segment at `offset`; `nil` at the start of the image data or at the end of the image.
    init?(_ reader: ByteReader, at offset: Int, name: String) throws(ImageError) {
        let truncated = ImageError.truncated(file: name, format: .jpeg, reason: "the file ends inside its headers")
        var offset = offset
        // Like libjpeg, go on at the next marker where padding lies between two segments.
        while let byte = reader.byte(at: offset), byte != 0xFF { offset += 1 }
        while reader.byte(at: offset) == 0xFF { offset += 1 }
        guard let marker = reader.byte(at: offset) else { throw truncated }
        if marker == 0xD9 || marker == 0xDA { return nil }
        self.marker = marker
        guard !Self.standsAlone(marker) else {
            (body, end) = (reader.slice(offset..<offset), offset + 1)
            return
        }
        guard let length = reader.integer(at: offset + 1, bytes: 2) else { throw truncated }
        guard length >= 2 else { throw .damaged(file: name, format: .jpeg, reason: "a segment of \(length) bytes") }
        end = offset + 1 + length
        guard end <= reader.count else { throw truncated }
        body = reader.slice(offset + 3..<end)
    }

    private static func standsAlone(_ marker: Int) -> Bool { marker <= 0x01 || (0xD0...0xD8).contains(marker) }

    /// SOF0 to SOF15 but for the tables that share their range (DHT, JPG, DAC).
    var isFrameHeader: Bool { (0xC0...0xCF).contains(marker) && ![0xC4, 0xC8, 0xCC].contains(marker) }

    var orientation: ImageOrientation? {
        guard marker == 0xE1, body.matches("Exif\0\0", at: 0) else { return nil }
        return ImageOrientation(tiff: body.slice(6..<body.count))
    }
}
