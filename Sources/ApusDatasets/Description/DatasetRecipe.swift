import ApusConfiguration

/// What becomes of images and labels between the source and the dataset.
///
/// The steps run in this order: auto-orient, classes, tiles, resizing, and last the choice among images without
/// objects. Where an image is made anew, it is encoded as `encoding` says.
public struct DatasetRecipe: Defaulted, Validated, Hashable, Sendable {
    /// Which classes are kept under which names.
    public struct Classes: Defaulted, Hashable, Sendable {
        /// From the source's name to the dataset's; several may become one.
        public var rename: [String: String] = [:]
        /// Names, after renaming, whose objects are left out.
        public var drop: [String] = []

        public init() {}
    }

    /// Cuts each image into overlapping parts.
    public struct Tiles: Defaulted, Validated, Hashable, Sendable {
        /// Width and height of a tile in pixels; images that are no larger stay whole.
        public var size = [640, 640]
        /// The least part of a tile that its neighbour shows as well.
        public var overlap = 0.2
        /// Objects of which a tile shows less than this part of their area are left out of it.
        public var minimumVisible = 0.3

        public init() {}

        enum CodingKeys: String, CodingKey {
            case size, overlap
            case minimumVisible = "minimum_visible"
        }

        public func problems() -> [ConfigurationProblem] {
            [
                DatasetRecipe.sizeProblem(size), .range("overlap", overlap, 0...0.9),
                .range("minimum_visible", minimumVisible, 0...1),
            ].compactMap { $0 }
        }
    }

    /// Gives all images one size.
    public struct Resize: Defaulted, Validated, Hashable, Sendable {
        public enum Mode: String, Codable, CaseIterable, Hashable, Sendable {
            /// To the size, whatever becomes of the shape.
            case stretch
            /// Inside the size, the shape kept, grey (114) around it.
            case letterbox
            /// Inside the size, the shape kept, nothing around it.
            case fit
            /// Over the size, the shape kept, and what reaches out cut off evenly.
            case crop
        }

        public var mode = Mode.letterbox
        /// Width and height in pixels.
        public var size = [640, 640]
        /// crop: objects of which less than this part of their area stays are left out.
        public var minimumVisible = 0.1

        public init() {}

        enum CodingKeys: String, CodingKey {
            case mode, size
            case minimumVisible = "minimum_visible"
        }

        public func problems() -> [ConfigurationProblem] {
            [DatasetRecipe.sizeProblem(size), .range("minimum_visible", minimumVisible, 0...1)].compactMap { $0 }
        }
    }

    /// How images that are made anew are written.
    public enum Encoding: String, Codable, CaseIterable, Hashable, Sendable {
        /// Of quality 95.
        case jpeg
        case png
    }

    /// Store images that EXIF turns as they are shown, so that tools that pass EXIF over see the same.
    public var autoOrient = false
    public var classes = Classes()
    public var tiles: Tiles?
    public var resize: Resize?
    /// The part of the images without objects that is kept, chosen by a hash of their names.
    public var keepEmpty = 1.0
    public var encoding = Encoding.jpeg

    public init() {}

    enum CodingKeys: String, CodingKey {
        case classes, tiles, resize, encoding
        case autoOrient = "auto_orient"
        case keepEmpty = "keep_empty"
    }

    public func problems() -> [ConfigurationProblem] {
        [.range("keep_empty", keepEmpty, 0...1)].compactMap { $0 }
    }

    /// Whether it changes images or leaves some out, beyond what their labels say.
    var changesImages: Bool { autoOrient || tiles != nil || resize != nil || keepEmpty < 1 }

    fileprivate static func sizeProblem(_ size: [Int]) -> ConfigurationProblem? {
        .require(
            "size", size.count == 2 && size.allSatisfy { (8...16_384).contains($0) },
            expected: "[width, height] from 8 to 16384", found: size)
    }
}
