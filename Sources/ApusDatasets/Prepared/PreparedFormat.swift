import CApusHDF5

/// The layout of a version: `datasets/NAME/prepared/ID.h5`, datasets/README.md documents it.
///
/// With N images and M boxes, all little-endian and contiguous:
///
/// | path | type | extents | holds |
/// |---|---|---|---|
/// | /packs/P | external link | | the root of the pack that the version counts as P |
/// | /images/pack, /images/item | int32 | N | which pack holds the image, and as which of its images |
/// | /images/width, /images/height | int32 | N | pixels, after EXIF orientation, before any shrinking |
/// | /images/name | UTF-8, zero-padded | N | the name in the source, unique |
/// | /images/split | uint8 | N | 0 train, 1 val, 2 test |
/// | /boxes/image_start | int64 | N + 1 | the first box of image i; the last is M |
/// | /boxes/xyxy | float32 | M × 4 | minX, minY, maxX, maxY in pixels |
/// | /boxes/label | int32 | M | index into classes |
/// | /boxes/is_crowd | uint8 | M | 1 for a region of many instances |
///
/// and, where the attribute annotations (JSON list) names them:
///
/// | name | path | type | extents | holds |
/// |---|---|---|---|---|
/// | flags | /boxes/flags | uint8 | M | 1 crowd, 2 difficult, 4 truncated, 8 occluded, 128 the box is only a hull |
/// | rotated | /boxes/rotated | float64 | M × 5 | centre x and y, width, height, angle in radians; NaN for none |
/// | polygons | /polygons/box_start | int64 | M + 1 | the first outline of box i |
/// | | /polygons/part_start | int64 | P + 1 | the first point of outline i |
/// | | /polygons/points | float64 | Q × 2 | x, y in pixels |
/// | masks | /masks/box_start | int64 | M + 1 | the first run of box i |
/// | | /masks/extent | int32 | M × 2 | width and height of the mask |
/// | | /masks/runs | int32 | R | COCO's RLE: background and object in turn, down the columns |
/// | keypoints | /keypoints/box_start | int64 | M + 1 | the first keypoint of box i |
/// | | /keypoints/points | float64 | K × 2 | x, y in pixels |
/// | | /keypoints/visibility | uint8 | K | COCO's: 0 absent, 1 occluded, 2 visible |
///
/// Attributes of the root: format ("apus-dataset"), format_version, name, id, digest (hex SHA-256, the id is its
/// first 16 digits), classes (JSON array), recipe (JSON), packs (JSON array of ids), and where there is anything to
/// say: annotations, class_details (JSON).
enum PreparedFormat {
    static let name = "apus-dataset"
    static let version = 2

    enum Path {
        static let packs = "/packs"
        static let pack = "/images/pack"
        static let item = "/images/item"
        static let width = "/images/width"
        static let height = "/images/height"
        static let name = "/images/name"
        static let split = "/images/split"
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
        static let classDetails = "class_details"
        static let recipe = "recipe"
        static let packs = "packs"
        static let annotations = "annotations"
    }
}
