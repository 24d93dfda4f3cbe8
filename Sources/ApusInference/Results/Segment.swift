import ApusVision

/// An object that a model found, pixel by pixel.
public struct Segment: Hashable, Sendable {
    /// In pixels of the image.
    public var box: BoundingBox
    public var label: Int
    /// Confidence in `0...1`.
    public var score: Float
    public var mask: RegionMask

    public init(_ box: BoundingBox, label: Int, score: Float, mask: RegionMask) {
        (self.box, self.label, self.score, self.mask) = (box, label, score, mask)
    }
}
