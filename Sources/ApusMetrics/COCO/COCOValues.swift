/// A box as COCO writes it: the left top corner and the size, in pixels.
public struct COCOBox: Hashable, Sendable {
    public var x, y, width, height: Double

    public init(x: Double, y: Double, width: Double, height: Double) {
        (self.x, self.y, self.width, self.height) = (x, y, width, height)
    }

    public var area: Double { width * height }
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

    public init(id: Int, imageID: Int, categoryID: Int, box: COCOBox, area: Double? = nil, isCrowd: Bool = false) {
        (self.id, self.imageID, self.categoryID) = (id, imageID, categoryID)
        (self.box, self.area, self.isCrowd) = (box, area ?? box.area, isCrowd)
    }
}

/// One object that a model found.
public struct COCODetection: Hashable, Sendable {
    public var imageID: Int
    public var categoryID: Int
    public var box: COCOBox
    public var score: Double

    public init(imageID: Int, categoryID: Int, box: COCOBox, score: Double) {
        (self.imageID, self.categoryID, self.box, self.score) = (imageID, categoryID, box, score)
    }
}

/// An image of a COCO dataset.
public struct COCOImage: Hashable, Sendable {
    public var id: Int
    public var fileName: String
    /// Pixels; 0 where the file does not say.
    public var width, height: Int

    public init(id: Int, fileName: String = "", width: Int = 0, height: Int = 0) {
        (self.id, self.fileName, self.width, self.height) = (id, fileName, width, height)
    }
}

/// A class of a COCO dataset.
public struct COCOCategory: Hashable, Sendable {
    public var id: Int
    public var name: String

    public init(id: Int, name: String) { (self.id, self.name) = (id, name) }
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
