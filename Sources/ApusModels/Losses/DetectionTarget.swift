import ApusTorch

/// One labelled box of a batch: centre and size are fractions of the image.
public struct DetectionTarget: Hashable, Sendable {
    /// Index into the batch.
    public var image: Int
    public var label: Int
    public var centerX, centerY, width, height: Float
    /// How far the box is turned about its centre, in radians, clockwise as seen. Width and height are the turned box's,
    /// still as fractions of the image's.
    public var angle: Float

    public init(
        image: Int, label: Int, centerX: Float, centerY: Float, width: Float, height: Float, angle: Float = 0
    ) {
        (self.image, self.label, self.angle) = (image, label, angle)
        (self.centerX, self.centerY, self.width, self.height) = (centerX, centerY, width, height)
    }

    var forHead: HeadTruths.Target {
        HeadTruths.Target(
            image: image, label: label, centerX: centerX, centerY: centerY, width: width, height: height, angle: angle)
    }
}

/// The masks of a batch's targets, each cut out to a window of the map that the prototypes make, a quarter of the
/// image's sides.
public struct TargetMasks: Sendable {
    public struct Window: Hashable, Sendable {
        /// In cells of 4 pixels.
        public var left, top, width, height: Int
        /// Of the window's first byte; the others follow row by row.
        public var offset: Int

        public init(left: Int, top: Int, width: Int, height: Int, offset: Int) {
            (self.left, self.top, self.width, self.height, self.offset) = (left, top, width, height, offset)
        }
    }

    /// One a target, in their order.
    public var windows: [Window]
    /// 1 inside the instance.
    public var bytes: [UInt8]

    public init(windows: [Window] = [], bytes: [UInt8] = []) { (self.windows, self.bytes) = (windows, bytes) }
}

/// How much of an image, an index into the batch, is of a class.
public struct ClassificationTarget: Hashable, Sendable {
    public var image, label: Int
    /// 1, or less where images were mixed.
    public var share: Float

    public init(image: Int, label: Int, share: Float = 1) {
        (self.image, self.label, self.share) = (image, label, share)
    }
}
