/// The layout of a pack: `datasets/NAME/prepared/packs/ID.h5`, images that any number of versions share.
///
/// With N images, all little-endian and contiguous:
///
/// | path | type | extents | holds |
/// |---|---|---|---|
/// | /data | uint8 | total | the images one after another: files, or RGB rows |
/// | /offset | uint64 | N + 1 | where image i begins in data; the last is the total |
/// | /sha256 | uint8 | N × 32 | of the image as it is kept |
/// | /source_sha256 | uint8 | N × 32 | pixels: of the file that they came from |
/// | /width, /height | int32 | N | pixels: the extents they are kept at |
///
/// Attributes of the root: format ("apus-images"), format_version, form ("encoded" or "rgb8 SIDE"), digest (hex
/// SHA-256 of the form and the hashes), id (its first 16 digits).
enum PackFormat {
    static let name = "apus-images"
    static let version = 1
    /// Beside the versions.
    static let folder = "packs"

    enum Path {
        static let data = "/data"
        static let offset = "/offset"
        static let sha256 = "/sha256"
        static let source = "/source_sha256"
        static let width = "/width"
        static let height = "/height"
    }

    enum Attribute {
        static let format = "format"
        static let version = "format_version"
        static let form = "form"
        static let digest = "digest"
        static let id = "id"
    }
}

/// What names a pack: a function of the form and of the images' hashes.
struct PackDigest {
    private var hasher = LengthPrefixedHasher()

    init(form: ImageForm) {
        hasher.add(text: PackFormat.name)
        hasher.add(number: PackFormat.version)
        hasher.add(text: form.text)
    }

    mutating func add(source: ContentHash, stored: ContentHash) {
        hasher.add(bytes: source.bytes)
        hasher.add(bytes: stored.bytes)
    }

    /// 64 hexadecimal digits.
    func finalize() -> String { hasher.finalize() }
}
