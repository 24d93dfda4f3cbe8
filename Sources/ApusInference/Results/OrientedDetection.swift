import ApusVision

/// A box at an angle that a model found, in pixels of the image.
public struct OrientedDetection: Hashable, Sendable {
    public var box: OrientedBox
    public var label: Int
    /// Confidence in `0...1`.
    public var score: Float

    public init(_ box: OrientedBox, label: Int, score: Float) {
        (self.box, self.label, self.score) = (box, label, score)
    }
}
