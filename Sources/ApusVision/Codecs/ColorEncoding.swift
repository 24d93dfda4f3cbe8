import ApusCore

/// How a file encodes its colours, as its headers say: what decoding to 8-bit RGB passes over.
public struct ColorEncoding: Hashable, Sendable {
    public enum Model: String, Hashable, Sendable, CaseIterable {
        case grey, rgb, palette
        /// CMYK or YCCK.
        case cmyk
    }

    public var model: Model
    public var bitsPerChannel: Int
    public var hasAlpha: Bool
    /// The name of the ICC profile; empty where it has none, `nil` where there is no profile.
    public var profile: String?

    /// Reads the headers of a JPEG or PNG file; `nil` where they make no sense.
    public init?(_ bytes: UnsafeRawBufferPointer) {
        switch ImageFormat(signatureOf: bytes) {
        case .jpeg: self.init(jpeg: ByteReader(bytes: bytes))
        case .png: self.init(png: ByteReader(bytes: bytes))
        case nil: return nil
        }
    }

    private init?(jpeg reader: ByteReader) {
        var offset = 2
        var profile: String?
        while let segment = try? JPEGSegment(reader, at: offset, name: "") {
            if segment.marker == 0xE2, segment.body.matches("ICC_PROFILE\0", at: 0), profile == nil {
                profile = Self.profileName(segment.body.slice(14..<segment.body.count))
            }
            if segment.isFrameHeader {
                guard let bits = segment.body.byte(at: 0), let channels = segment.body.byte(at: 5) else { return nil }
                model = channels == 1 ? .grey : channels == 4 ? .cmyk : .rgb
                (bitsPerChannel, hasAlpha, self.profile) = (bits, false, profile)
                return
            }
            offset = segment.end
        }
        return nil
    }

    private init?(png reader: ByteReader) {
        guard let bits = reader.byte(at: 24), let type = reader.byte(at: 25) else { return nil }
        (bitsPerChannel, hasAlpha) = (bits, type & 4 != 0)
        model = type == 3 ? .palette : type & 2 != 0 ? .rgb : .grey
        var offset = 8
        while let length = reader.integer(at: offset, bytes: 4), !reader.matches("IDAT", at: offset + 4) {
            if reader.matches("iCCP", at: offset + 4) { profile = Self.text(reader, at: offset + 8, limit: 79) }
            if reader.matches("tRNS", at: offset + 4) { hasAlpha = true }
            offset += length + 12
        }
    }

    /// The text of the profile's `desc` tag. ICC.1:2010, 7.3 and 9.2.41.
    private static func profileName(_ profile: ByteReader) -> String {
        guard let count = profile.integer(at: 128, bytes: 4), count <= 1024 else { return "" }
        for entry in 0..<count where profile.matches("desc", at: 132 + 12 * entry) {
            guard let start = profile.integer(at: 136 + 12 * entry, bytes: 4) else { return "" }
            if profile.matches("desc", at: start) { return text(profile, at: start + 12, limit: 79) }
            // Version 4 holds UTF-16.
            guard profile.matches("mluc", at: start), let length = profile.integer(at: start + 20, bytes: 4),
                let offset = profile.integer(at: start + 24, bytes: 4)
            else { return "" }
            let units = stride(from: 0, to: min(length, 158), by: 2).compactMap {
                profile.integer(at: start + offset + $0, bytes: 2).map { UInt16($0) }
            }
            return String(decoding: units, as: UTF16.self)
        }
        return ""
    }

    private static func text(_ reader: ByteReader, at offset: Int, limit: Int) -> String {
        let bytes = (0..<limit).compactMap { reader.byte(at: offset + $0).map { UInt8($0) } }
        return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
}
