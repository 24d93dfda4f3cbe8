import ApusVision

/// An image's extent in pixels.
public struct ImageSize: Codable, Hashable, Sendable, CustomStringConvertible {
    public var width: Int
    public var height: Int

    public init(width: Int, height: Int) { (self.width, self.height) = (width, height) }
    public init(square side: Int) { self.init(width: side, height: side) }

    public var description: String { "\(width)×\(height)" }
}

extension Image {
    public var size: ImageSize { ImageSize(width: width, height: height) }
}
