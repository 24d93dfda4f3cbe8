import ApusTorch

/// What a detection head says before decoding, level by level from the finest.
public struct DetectionOutput: ObjectOutput {
    /// Logits of the distance bins of the four sides: `[B, 4 · bins, H, W]`.
    public var boxes: [Tensor]
    /// Class logits: `[B, classes, H, W]`.
    public var scores: [Tensor]
    /// Pixels a cell, for each level.
    public var strides: [Int]

    public init(boxes: [Tensor], scores: [Tensor], strides: [Int]) {
        (self.boxes, self.scores, self.strides) = (boxes, scores, strides)
    }

    public var detection: DetectionOutput { self }

    func maps(with extras: HeadMaps.Extras = .none) -> HeadMaps {
        HeadMaps(boxes: boxes, scores: scores, extras: extras, strides: strides.map(Float.init))
    }

    /// Predictions `[B, 4 + classes, anchors]`: centre x, centre y, width, height in pixels, then sigmoid scores.
    public func decoded() throws(TorchError) -> Tensor { try maps().decoded() }
}
