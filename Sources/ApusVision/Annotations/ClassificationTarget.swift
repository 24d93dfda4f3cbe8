/// A class of an image in a batch, and how much of the image is of it: 1, or parts of 1 where images are mixed.
public struct ClassificationTarget: Hashable, Sendable {
    /// The image's place in the batch.
    public var image: Int
    public var label: Int
    public var share: Float

    public init(image: Int, label: Int, share: Float = 1) {
        (self.image, self.label, self.share) = (image, label, share)
    }
}
