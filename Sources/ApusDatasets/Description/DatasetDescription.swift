import ApusConfiguration

/// A dataset as `datasets/NAME/dataset.yaml` describes it: where its images come from and what becomes of them.
public struct DatasetDescription: Defaulted, Validated, Hashable, Sendable {
    /// What the prepared versions and the tracking store call it.
    public var name = ""
    /// A sentence for people.
    public var summary = ""
    /// Under which terms the images may be used.
    public var licence = ""
    /// Where it was published.
    public var homepage = ""
    public var source = SourceDescription()
    /// The class names in the order of their labels. Empty: those that the source names.
    public var classes: [String] = []
    /// What the source does not say of its skeleton.
    public var keypoints: KeypointDescription?
    public var splits = SplitDescription()
    public var store = StoreDescription()
    /// What becomes of images and labels before they are kept.
    public var recipe = DatasetRecipe()
    /// Builds scenes from single objects on a plain ground (source format idx).
    public var compose: ComposeRecipe?
    /// A table with `filename` and what else is known of the images; evaluations show the parts that follow from it.
    public var metadata: WorkspacePath?

    public init() {}

    public static let requiredKeys: Set<String> = ["name", "source"]

    public func problems() -> [ConfigurationProblem] {
        [
            .require("name", !name.isEmpty && !name.contains("/"), expected: "a name without '/'", found: "'\(name)'"),
            .require(
                "classes", Set(classes).count == classes.count && !classes.contains(""),
                expected: "names that differ", found: classes.joined(separator: ", ")),
            .require(
                "compose", compose == nil || source.format == .idx, expected: "source format idx with compose",
                found: source.format.rawValue),
        ].compactMap { $0 }
    }
}

/// The format that images and labels are found in.
public enum SourceFormat: String, Codable, CaseIterable, Hashable, Sendable {
    /// Pascal VOC: one XML file an image, lists in ImageSets/Main.
    case voc
    /// COCO's JSON, one file a split.
    case coco
    /// One text file an image, and a data.yaml.
    case yolo
    /// MNIST's binary arrays, plain or gzipped.
    case idx
    /// One folder of images a class.
    case folders
    /// A table of file names with a class each, or with boxes.
    case csv
    /// DeepLabCut's tables of keypoints, with three or four header rows.
    case keypoints
    /// PNG files whose pixels are class numbers, beside the images.
    case masks
}

/// What to do with a label file that names a path outside the dataset's folder.
public enum OutsidePaths: String, Codable, CaseIterable, Hashable, Sendable {
    case refuse, allow
}

/// What to do with an image without a label file.
public enum MissingLabels: String, Codable, CaseIterable, Hashable, Sendable {
    /// It shows none of the classes.
    case background
    /// It was not labelled: leave it out and report it.
    case skip
}

/// Where the images and labels are.
public struct SourceDescription: Defaulted, Hashable, Sendable {
    public var format = SourceFormat.voc
    /// The folder (yolo: or the data.yaml); of several, the first that exists.
    public var path: OneOrMany<WorkspacePath> = []
    /// Below `path`. voc: the folder of XML files; coco, csv, keypoints: a file, or one for each split; masks: the
    /// folder of masks.
    public var annotations: SplitPaths?
    /// Below `path`. voc, masks: the folder of images; coco: a folder, or one for each split.
    public var images: SplitPaths?
    /// voc: subtract 1 from xmin and ymin, for files that count pixels from 1 and mean the last one inclusively.
    /// Off, the numbers are edges in pixels as they stand, as most tools of today write them.
    public var vocOneBased = false
    /// `nil`: yolo takes the image for background and reports it, voc leaves it out and reports it.
    public var missingLabels: MissingLabels?
    /// Label files may name images in the dataset's folder only, unless allowed.
    public var outsidePaths = OutsidePaths.refuse

    public init() {}

    public static let requiredKeys: Set<String> = ["format", "path"]

    enum CodingKeys: String, CodingKey {
        case format, path, annotations, images
        case vocOneBased = "voc_one_based"
        case missingLabels = "missing_labels"
        case outsidePaths = "outside_paths"
    }
}

/// One path for everything, or one for each split.
public struct SplitPaths: Codable, Hashable, Sendable {
    public var common: String?
    public var bySplit: [Split: String]

    public init(_ path: String) { (common, bySplit) = (path, [:]) }
    public init(_ paths: [Split: String]) { (common, bySplit) = (nil, paths) }

    public subscript(split: Split?) -> String? { split.flatMap { bySplit[$0] } ?? common }

    private enum CodingKeys: String, CodingKey, CaseIterable { case train, val, test }

    public init(from decoder: any Decoder) throws {
        guard let container = try? decoder.container(keyedBy: CodingKeys.self) else {
            self.init(try decoder.singleValueContainer().decode(String.self))
            return
        }
        var paths = [Split: String]()
        for split in Split.allCases {
            guard let key = CodingKeys(rawValue: split.rawValue) else { continue }
            paths[split] = try container.decodeIfPresent(String.self, forKey: key)
        }
        self.init(paths)
    }

    public func encode(to encoder: any Encoder) throws {
        if let common {
            var container = encoder.singleValueContainer()
            try container.encode(common)
            return
        }
        var container = encoder.container(keyedBy: CodingKeys.self)
        for split in Split.allCases {
            guard let key = CodingKeys(rawValue: split.rawValue) else { continue }
            try container.encodeIfPresent(bySplit[split], forKey: key)
        }
    }
}
