import ApusAugmentation
import ApusVision

/// An image on its way into another format.
struct OutputImage {
    /// Below the folder of its split; unique there.
    var name: String
    var split: Split?
    var size: ImageSize
    var id: Int?
    var annotations: [Annotation]
    /// How errors and losses call it.
    var sourceName: String
}

/// What a writer has to know of a whole dataset before it writes the first image.
struct DatasetSurvey: Sendable {
    var images = 0
    /// Images by split; those of no split under `nil`.
    var splits: [Split?: Int] = [:]
    var annotations = 0
    var boxes = 0
    var rotatedBoxes = 0
    var regions = 0
    var keypointSets = 0
    var wholeImageLabels = 0
    /// The most keypoints that an object has.
    var keypointCount = 0
    /// The most objects with keypoints that an image has.
    var individualCount = 0

    mutating func add(_ annotations: [Annotation], split: Split?) {
        images += 1
        splits[split, default: 0] += 1
        self.annotations += annotations.count
        for annotation in annotations {
            if annotation.box != nil { boxes += 1 }
            if annotation.rotatedBox != nil { rotatedBoxes += 1 }
            if annotation.region != nil { regions += 1 }
            if !annotation.keypoints.isEmpty { keypointSets += 1 }
            if annotation.isWholeImage { wholeImageLabels += 1 }
            keypointCount = max(keypointCount, annotation.keypoints.count)
        }
        individualCount = max(individualCount, annotations.count { !$0.keypoints.isEmpty })
    }

    mutating func merge(_ other: DatasetSurvey) {
        images += other.images
        splits.merge(other.splits, uniquingKeysWith: +)
        annotations += other.annotations
        boxes += other.boxes
        rotatedBoxes += other.rotatedBoxes
        regions += other.regions
        keypointSets += other.keypointSets
        wholeImageLabels += other.wholeImageLabels
        keypointCount = max(keypointCount, other.keypointCount)
        individualCount = max(individualCount, other.individualCount)
    }

    /// The splits that images are of, in their order.
    var declaredSplits: [Split] { Split.allCases.filter { splits[$0, default: 0] > 0 } }
}

/// Writes a dataset in one format, image by image, into a new folder.
protocol DatasetWriter: AnyObject {
    /// How names may look: two images of one folder never get the same.
    var naming: OutputNaming { get }
    /// Where the image file comes, below the folder; `nil` where the format holds pixels in another way.
    func imagePath(_ name: String, split: Split?) -> String?
    /// - Returns: false where the image was left out, with its file.
    func write(_ image: OutputImage, pixels: () -> Image?, losses: inout LossLedger) throws(DatasetError) -> Bool
    func finish(losses: inout LossLedger) throws(DatasetError)
}

extension DatasetWriter {
    /// `images/SPLIT/NAME`, or `images/NAME` without splits, as most formats have it.
    func imagePath(_ name: String, split: Split?) -> String? {
        "images/" + (split.map { $0.rawValue + "/" } ?? "") + name
    }
}

/// How a format calls its images.
struct OutputNaming {
    /// Images have to differ without their extensions.
    var ignoresExtension = true
    /// Names hold no folders.
    var isFlat = false
    /// Images of different splits share their folder.
    var isSharedBySplits = false
}
