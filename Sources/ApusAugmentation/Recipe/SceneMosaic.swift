import ApusCore

/// Four samples around a random point of a canvas twice the output's side.
///
/// Bochkovskiy et al., *YOLOv4*, <https://arxiv.org/abs/2004.10934>. The canvas is never built: a scene is drawn
/// straight from its tiles by the affine transform that follows.
public struct SceneMosaic: Sendable {
    /// The output's side; no sample may be larger.
    public var imageSize: Int
    public var background: UInt8

    public init(imageSize: Int, background: UInt8 = 114) {
        (self.imageSize, self.background) = (imageSize, background)
    }

    /// Where the four samples meet, in the canvas's pixels.
    public struct Draw: Hashable, Sendable {
        public var centerX, centerY: Int

        public init(centerX: Int, centerY: Int) { (self.centerX, self.centerY) = (centerX, centerY) }
    }

    /// Uniform over the canvas's middle half.
    public func draw(using generator: inout RandomStream) -> Draw {
        let (low, high) = (Double(imageSize) / 2, Double(imageSize) * 1.5)
        return Draw(centerX: Int(generator.uniform(low, high)), centerY: Int(generator.uniform(low, high)))
    }

    /// Lays the first sample to the upper left of the centre, then upper right, lower left, lower right.
    public func scene(_ samples: [LabeledImage], _ draw: Draw) -> Scene {
        precondition(samples.count == 4, "a mosaic of \(samples.count) samples, expected 4")
        let placed = samples.enumerated().map { index, sample in
            (
                sample: sample, left: index % 2 == 0 ? draw.centerX - sample.image.width : draw.centerX,
                top: index < 2 ? draw.centerY - sample.image.height : draw.centerY
            )
        }
        return Scene(size: ImageSize(square: 2 * imageSize), background: background, placing: placed)
    }
}
