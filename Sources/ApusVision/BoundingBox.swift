/// An axis-aligned rectangle in pixels; x grows to the right and y downwards, and pixel centres lie at half integers.
public struct BoundingBox: Hashable, Sendable {
    public var minX, minY, maxX, maxY: Float

    public init(minX: Float, minY: Float, maxX: Float, maxY: Float) {
        (self.minX, self.minY, self.maxX, self.maxY) = (minX, minY, maxX, maxY)
    }

    public init(centerX: Float, centerY: Float, width: Float, height: Float) {
        self.init(
            minX: centerX - width / 2, minY: centerY - height / 2, maxX: centerX + width / 2,
            maxY: centerY + height / 2)
    }

    public var width: Float { maxX - minX }
    public var height: Float { maxY - minY }
    public var centerX: Float { (minX + maxX) / 2 }
    public var centerY: Float { (minY + maxY) / 2 }
    /// Zero where the box is empty or inverted.
    public var area: Float { max(width, 0) * max(height, 0) }

    /// The part inside an image of this size.
    public func clipped(width: Float, height: Float) -> BoundingBox {
        BoundingBox(
            minX: min(max(minX, 0), width), minY: min(max(minY, 0), height),
            maxX: min(max(maxX, 0), width), maxY: min(max(maxY, 0), height))
    }
}

/// The area both share over the area either covers; 0 where neither has an area.
public func intersectionOverUnion(_ a: BoundingBox, _ b: BoundingBox) -> Float {
    let width = min(a.maxX, b.maxX) - max(a.minX, b.minX)
    let height = min(a.maxY, b.maxY) - max(a.minY, b.minY)
    let intersection = max(width, 0) * max(height, 0)
    let union = a.area + b.area - intersection
    return union > 0 ? intersection / union : 0
}

/// A box that a person drew, and its class.
public struct LabeledBox: Hashable, Sendable {
    public var box: BoundingBox
    /// Index into the class names.
    public var label: Int
    /// COCO's `iscrowd`: a region of many instances, never counted as a miss.
    public var isCrowd: Bool

    public init(_ box: BoundingBox, label: Int, isCrowd: Bool = false) {
        (self.box, self.label, self.isCrowd) = (box, label, isCrowd)
    }
}

/// A box that a model found.
public struct Detection: Hashable, Sendable {
    public var box: BoundingBox
    public var label: Int
    /// Confidence in `0...1`.
    public var score: Float
    /// The points of the object, where the model gives them.
    public var keypoints: Keypoints?

    public init(_ box: BoundingBox, label: Int, score: Float, keypoints: Keypoints? = nil) {
        (self.box, self.label, self.score, self.keypoints) = (box, label, score, keypoints)
    }
}
