/// An object that a batch teaches: the image it is in, its class, and its box in fractions of the image's sides.
public struct DetectionTarget: Hashable, Sendable {
    /// The image's place in the batch.
    public var image: Int
    public var label: Int
    /// In `0...1`: x and widths of the batch's width, y and heights of its height. Of a turned box these are the
    /// numbers before turning.
    public var centerX, centerY, width, height: Float
    /// By which the box is turned about its centre, in radians, clockwise as seen; 0 unless boxes are turned.
    public var angle: Float

    public init(
        image: Int, label: Int, centerX: Float, centerY: Float, width: Float, height: Float, angle: Float = 0
    ) {
        (self.image, self.label) = (image, label)
        (self.centerX, self.centerY, self.width, self.height) = (centerX, centerY, width, height)
        self.angle = angle
    }
}
