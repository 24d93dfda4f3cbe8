import ApusVision

/// A point of an object as a model sees it, in pixels of the image; it may lie outside.
public struct PosePoint: Hashable, Sendable {
    public var x, y: Float
    /// How sure the model is that the point is there, in `0...1` for most; 0 where its place is no number.
    public var score: Float

    public init(x: Float, y: Float, score: Float) {
        let isFinite = (x + y).isFinite
        (self.x, self.y) = isFinite ? (x, y) : (0, 0)
        self.score = isFinite && score.isFinite ? score : 0
    }
}

/// An object that a model found, and its points in the order of the model's `KeypointLayout`.
public struct Pose: Hashable, Sendable {
    /// In pixels of the image.
    public var box: BoundingBox
    public var label: Int
    /// Confidence in `0...1`.
    public var score: Float
    public var points: [PosePoint]

    public init(_ box: BoundingBox, label: Int, score: Float, points: [PosePoint]) {
        (self.box, self.label, self.score, self.points) = (box, label, score, points)
    }

    /// A point counts as seen from this score on.
    public static let seenScore: Float = 0.5
}
