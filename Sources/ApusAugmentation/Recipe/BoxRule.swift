import ApusVision

/// When a box that was moved and cut still counts.
public struct BoxRule: Codable, Hashable, Sendable {
    /// Each side must be longer, in pixels.
    public var minimumSide: Float
    /// The longer side over the shorter one must be less.
    public var maximumAspect: Float
    /// The area left, over the area that the box would have uncut, must be more.
    public var minimumVisibility: Float

    public init(minimumSide: Float = 2, maximumAspect: Float = 100, minimumVisibility: Float = 0.1) {
        (self.minimumSide, self.maximumAspect) = (minimumSide, maximumAspect)
        self.minimumVisibility = minimumVisibility
    }

    /// `wholeArea` is the box's area before it was cut, in the pixels of the result.
    public func keeps(_ box: BoundingBox, wholeArea: Float) -> Bool {
        let (shorter, longer) = (min(box.width, box.height), max(box.width, box.height))
        return shorter > minimumSide && longer < maximumAspect * shorter && box.area > minimumVisibility * wholeArea
    }
}
