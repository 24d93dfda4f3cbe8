import ApusCore

/// Keeps a part of a size in the middle.
public struct CenterCrop: FixedCrop {
    public var size = ImageSize(square: 256)
    public var padding = CropPadding()

    public init() {}

    public static func place(_ part: ImageSize, in size: ImageSize, using stream: inout RandomStream) -> CropFrame {
        CropPlace.center(part, of: size)
    }
}
