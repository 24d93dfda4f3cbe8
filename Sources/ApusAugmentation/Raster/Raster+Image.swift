import ApusVision

extension Raster {
    /// The image's bytes, shared with it; the image must have pixels.
    public init(_ image: Image) {
        self.init(size: image.size, channels: image.channels, uint8: image.pixels)
    }
}

extension Image {
    /// The raster as an image, its bytes shared; `nil` where it is not 8-bit or has other than 1, 3 or 4 channels.
    public init?(_ raster: Raster) {
        guard case .uint8(let elements) = raster.storage, [1, 3, 4].contains(raster.channels) else { return nil }
        self.init(width: raster.width, height: raster.height, channels: raster.channels, pixels: elements)
    }
}
