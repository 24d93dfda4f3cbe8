import ApusVision

extension Raster {
    /// The image's bytes, shared with it; the image must have pixels.
    public init(_ image: Image) {
        self.init(size: image.size, channels: image.channels, uint8: image.pixels)
    }
}

extension Raster {
    /// Bytes of RGB: floats times 255, grey repeated, channels beyond the third left out.
    var rgbImage: Image {
        let wanted = channels == 2 ? channels([0]) : channels > 4 ? channels([0, 1, 2]) : self
        return Image(wanted.bytes)?.rgb ?? Image(width: width, height: height, color: [0, 0, 0])
    }

    /// The same in bytes: floats times 255, rounded.
    private var bytes: Raster {
        guard case .float32(let elements) = storage else { return self }
        return Raster(
            size: size, channels: channels, uint8: elements.map { UInt8(max(0, min(255, ($0 * 255).rounded()))) })
    }
}

extension Image {
    /// The raster as an image, its bytes shared; `nil` where it is not 8-bit or has other than 1, 3 or 4 channels.
    public init?(_ raster: Raster) {
        guard case .uint8(let elements) = raster.storage, [1, 3, 4].contains(raster.channels) else { return nil }
        self.init(width: raster.width, height: raster.height, channels: raster.channels, pixels: elements)
    }
}
