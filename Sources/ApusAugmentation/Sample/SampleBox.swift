import ApusVision

/// A labeled box on its way through transforms.
public struct SampleBox: Hashable, Sendable {
    public var box: BoundingBox
    public var label: Int
    public var isCrowd: Bool
    /// The place in the list that the sample came with: what names, scores and masks beside it go by.
    public var index: Int
    /// What the whole object would cover now had nothing been cut off, in square pixels of the present image:
    /// visibility is measured against it, however many crops there were.
    public var originalArea: Float

    public init(_ labeled: LabeledBox, index: Int) {
        (box, label, isCrowd) = (labeled.box, labeled.label, labeled.isCrowd)
        (self.index, originalArea) = (index, labeled.box.area)
    }

    public var labeled: LabeledBox { LabeledBox(box, label: label, isCrowd: isCrowd) }

    /// The part of the original that is left, 0 to 1 (a little above it where rounding says so).
    public var visibility: Float { originalArea > 0 ? box.area / originalArea : 0 }

    /// The same object at another place, the original's area grown as the box's has.
    public func moved(to place: BoundingBox) -> SampleBox {
        var result = self
        result.box = place
        result.originalArea = box.area > 0 ? originalArea * (place.area / box.area) : place.area
        return result
    }
}

/// A box that a pipeline left out, and why.
public struct DroppedBox: Hashable, Sendable, Codable {
    public enum Reason: String, Codable, Hashable, Sendable, CaseIterable {
        /// Nothing of it is in the image.
        case outside
        /// The transform removed it, such as a dropout that covers it.
        case removed
        case area, visibility, width, height, aspect
        /// It had no area, or a coordinate that is no number, before anything was done.
        case invalid
    }

    /// The place in the list that the sample came with.
    public var index: Int
    /// The name of the transform after which it was gone.
    public var transform: String
    public var reason: Reason

    public init(index: Int, transform: String, reason: Reason) {
        (self.index, self.transform, self.reason) = (index, transform, reason)
    }
}
