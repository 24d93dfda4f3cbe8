/// A class of an image as a whole, and how much of the image is of it: 1 until images are mixed.
public struct ImageLabel: Hashable, Sendable, Codable {
    public var label: Int
    public var share: Float

    public init(_ label: Int, share: Float = 1) { (self.label, self.share) = (label, share) }
}
