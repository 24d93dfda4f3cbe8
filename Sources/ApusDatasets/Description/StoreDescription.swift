import ApusConfiguration

/// What a prepared version keeps of the images, and how.
public struct StoreDescription: Defaulted, Validated, Hashable, Sendable {
    public enum Images: String, Codable, CaseIterable, Hashable, Sendable {
        /// The files as they came.
        case encoded
        /// RGB pixels, read without decoding: some twenty times as large and several times as fast.
        case pixels
    }

    public var images = Images.encoded
    /// Pixels: longer sides are shrunk to this many; a training's image size loses nothing by it.
    public var longerSide = 640
    /// Images are divided among files of at most so many MiB.
    public var packMegabytes = 1024

    public init() {}

    enum CodingKeys: String, CodingKey {
        case images
        case longerSide = "longer_side"
        case packMegabytes = "pack_mib"
    }

    var form: ImageForm { images == .encoded ? .encoded : .pixels(longerSide: longerSide) }

    public func problems() -> [ConfigurationProblem] {
        [.range("longer_side", longerSide, 1...65_535), .range("pack_mib", packMegabytes, 1...1_048_576)]
            .compactMap { $0 }
    }
}
