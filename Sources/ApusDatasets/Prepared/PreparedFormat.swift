import CApusHDF5

/// The layout of a prepared file: `datasets/NAME/prepared/ID.h5`, datasets/README.md documents it.
///
/// With N images and M boxes, all little-endian and contiguous:
///
/// | path | type | extents | holds |
/// |---|---|---|---|
/// | /images/data | uint8 | total | the encoded images (JPEG or PNG), one after another |
/// | /images/offset | uint64 | N + 1 | where image i begins in data; the last is the total |
/// | /images/width, /images/height | int32 | N | pixels, after EXIF orientation |
/// | /images/name | UTF-8, zero-padded | N | the name in the source, unique |
/// | /images/split | uint8 | N | 0 train, 1 val, 2 test |
/// | /images/sha256 | uint8 | N × 32 | of the encoded image |
/// | /boxes/image_start | int64 | N + 1 | the first box of image i; the last is M |
/// | /boxes/xyxy | float32 | M × 4 | minX, minY, maxX, maxY in pixels |
/// | /boxes/label | int32 | M | index into classes |
/// | /boxes/is_crowd | uint8 | M | 1 for a region of many instances |
///
/// Attributes of the root: format ("apus-dataset"), format_version, name, id, digest (hex SHA-256, the id is its
/// first 16 digits), classes (JSON array), recipe (JSON).
enum PreparedFormat {
    static let name = "apus-dataset"
    static let version = 1

    enum Path {
        static let data = "/images/data"
        static let offset = "/images/offset"
        static let width = "/images/width"
        static let height = "/images/height"
        static let name = "/images/name"
        static let split = "/images/split"
        static let sha256 = "/images/sha256"
        static let boxStart = "/boxes/image_start"
        static let xyxy = "/boxes/xyxy"
        static let label = "/boxes/label"
        static let isCrowd = "/boxes/is_crowd"
    }

    enum Attribute {
        static let format = "format"
        static let version = "format_version"
        static let name = "name"
        static let id = "id"
        static let digest = "digest"
        static let classes = "classes"
        static let recipe = "recipe"
    }
}
