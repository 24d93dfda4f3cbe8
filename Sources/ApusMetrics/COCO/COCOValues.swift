import ApusVision

/// A box as COCO writes it: the left top corner and the size, in pixels.
public struct COCOBox: Hashable, Sendable {
    public var x, y, width, height: Double

    public init(x: Double, y: Double, width: Double, height: Double) {
        (self.x, self.y, self.width, self.height) = (x, y, width, height)
    }

    public var area: Double { width * height }
    /// For a mask or a pose without a box: no number is finite.
    public static let missing = COCOBox(x: .nan, y: .nan, width: .nan, height: .nan)
    var isFinite: Bool { x.isFinite && y.isFinite && width.isFinite && height.isFinite }

    /// COCO's overlap: intersection over union, or over the detection's own area where `other` is a crowd.
    func overlap(with other: COCOBox, isCrowd: Bool) -> Double {
        let shared = min(width + x, other.width + other.x) - max(x, other.x)
        guard shared > 0 else { return 0 }
        let tall = min(height + y, other.height + other.y) - max(y, other.y)
        guard tall > 0 else { return 0 }
        let intersection = shared * tall
        return intersection / (isCrowd ? area : area + other.area - intersection)
    }
}

/// One object that a person marked.
public struct COCOAnnotation: Hashable, Sendable {
    public var id: Int
    public var imageID: Int
    public var categoryID: Int
    public var box: COCOBox
    /// Square pixels; in COCO the area of the segment, which decides between small, medium and large.
    public var area: Double
    public var isCrowd: Bool
    /// Marked `ignore` or `difficult`; profile `coco` does not care, as pycocotools does not.
    public var isDifficult: Bool
    public var segmentation: COCOSegmentation?
    /// x, y and visibility (0 not marked, 1 hidden, 2 visible) of each point, in pixels.
    public var keypoints: [Double]
    /// COCO's `num_keypoints`; 0 lets neither a find nor a miss count. Else the marked points are counted.
    public var keypointCount: Int?

    public init(
        id: Int, imageID: Int, categoryID: Int, box: COCOBox, area: Double? = nil, isCrowd: Bool = false,
        isDifficult: Bool = false, segmentation: COCOSegmentation? = nil, keypoints: [Double] = [],
        keypointCount: Int? = nil
    ) {
        (self.id, self.imageID, self.categoryID) = (id, imageID, categoryID)
        (self.box, self.area, self.isCrowd, self.isDifficult) = (box, area ?? box.area, isCrowd, isDifficult)
        (self.segmentation, self.keypoints, self.keypointCount) = (segmentation, keypoints, keypointCount)
    }
}

/// One object that a model found.
public struct COCODetection: Hashable, Sendable {
    public var imageID: Int
    public var categoryID: Int
    public var box: COCOBox
    public var score: Double
    public var segmentation: COCOSegmentation?
    /// x, y and a number that nobody reads, of each point, in pixels.
    public var keypoints: [Double]

    /// - Parameter box: for masks `COCOBox.missing` lets the area of the mask decide between small, medium and large;
    ///   for keypoints the box around them stands in.
    public init(
        imageID: Int, categoryID: Int, box: COCOBox = .missing, score: Double, segmentation: COCOSegmentation? = nil,
        keypoints: [Double] = []
    ) {
        (self.imageID, self.categoryID, self.box, self.score) = (imageID, categoryID, box, score)
        (self.segmentation, self.keypoints) = (segmentation, keypoints)
        if !box.isFinite, !keypoints.isEmpty { self.box = COCOBox(around: keypoints) ?? box }
    }
}

/// Which pixels belong to an object, as COCO writes it.
public indirect enum COCOSegmentation: Hashable, Sendable {
    /// Rings x, y, x, y, … in pixels; what any of them encloses belongs to the object.
    case polygons([[Double]])
    case runs(RunLengthMask)
}

extension COCOBox {
    /// The box around points given as x, y and visibility in turn.
    fileprivate init?(around keypoints: [Double]) {
        guard keypoints.count > 1 else { return nil }
        var low = SIMD2(keypoints[0], keypoints[1])
        var high = low
        var index = 3
        while index + 1 < keypoints.count {
            let point = SIMD2(keypoints[index], keypoints[index + 1])
            low = pointwiseMin(low, point)
            high = pointwiseMax(high, point)
            index += 3
        }
        self.init(x: low.x, y: low.y, width: high.x - low.x, height: high.y - low.y)
    }
}

/// An image of a COCO dataset.
public struct COCOImage: Hashable, Sendable {
    public var id: Int
    public var fileName: String
    /// Pixels; 0 where the file does not say.
    public var width, height: Int
    /// LVIS: classes that are known not to be in the image.
    public var absentCategoryIDs: [Int] = []
    /// LVIS: classes of which not every object in the image is marked.
    public var incompleteCategoryIDs: [Int] = []

    public init(id: Int, fileName: String = "", width: Int = 0, height: Int = 0) {
        (self.id, self.fileName, self.width, self.height) = (id, fileName, width, height)
    }
}

/// A class of a COCO dataset.
public struct COCOCategory: Hashable, Sendable {
    public var id: Int
    public var name: String
    public var frequency: Frequency?

    /// LVIS: in how many training images a class is: at most 10, at most 100, or more.
    public enum Frequency: String, Hashable, Sendable, CaseIterable {
        case rare = "r"
        case common = "c"
        case frequent = "f"
    }

    public init(id: Int, name: String, frequency: Frequency? = nil) {
        (self.id, self.name, self.frequency) = (id, name, frequency)
    }
}

/// The ground truth of a COCO file.
public struct COCODataset: Hashable, Sendable {
    public var images: [COCOImage]
    public var categories: [COCOCategory]
    public var annotations: [COCOAnnotation]

    public init(images: [COCOImage], categories: [COCOCategory], annotations: [COCOAnnotation]) {
        (self.images, self.categories, self.annotations) = (images, categories, annotations)
    }
}
