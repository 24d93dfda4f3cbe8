import CApusKernels

extension Image {
    /// Writes `(pixel · scale − mean) / std` as three planes: `[3, height, width]` floats.
    ///
    /// A grey image gives three equal planes, and alpha is ignored.
    public func normalizedCHW(into planes: UnsafeMutablePointer<Float>, _ specification: InputSpecification) {
        let image = channels == 3 ? self : convertedToRGB()
        let order: [Int32] = specification.channelOrder == .rgb ? [0, 1, 2] : [2, 1, 0]
        let scales = specification.std.map { specification.scale / $0 }
        let offsets = zip(specification.mean, specification.std).map { -$0 / $1 }
        apus_normalize_planes(image.pixels, image.width * image.height, order, scales, offsets, planes)
    }

    /// Three channels: grey is repeated, alpha dropped.
    public func convertedToRGB() -> Image {
        guard channels != 3 else { return self }
        return Image(uninitializedWidth: width, height: height, channels: 3) { output in
            for index in 0..<width * height {
                for channel in 0..<3 {
                    output[3 * index + channel] = pixels[channels == 1 ? index : index * channels + channel]
                }
            }
        }
    }
}
