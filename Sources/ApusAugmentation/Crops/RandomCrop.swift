import ApusCore

/// Keeps a part of a size anywhere in the image.
public struct RandomCrop: FixedCrop {
    public var size = ImageSize(square: 256)
    public var padding = CropPadding()

    public init() {}

    public static func place(_ part: ImageSize, in size: ImageSize, using stream: inout RandomStream) -> CropFrame {
        CropPlace.random(part, of: size, using: &stream)
    }
}
