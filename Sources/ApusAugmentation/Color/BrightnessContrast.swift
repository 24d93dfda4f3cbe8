import ApusVision

/// `pixel · (1 + contrast) + 255 · brightness`, both drawn uniformly within ± their limit.
public struct BrightnessContrast: InPlaceTransform {
    public var probability: Double
    public var brightness, contrast: Double

    public init(probability: Double = 0.5, brightness: Double = 0.2, contrast: Double = 0.2) {
        (self.probability, self.brightness, self.contrast) = (probability, brightness, contrast)
    }

    /// The new value of each of the 256 old ones.
    public struct Draw: Hashable, Sendable {
        public var table: [UInt8]

        public init(brightness: Double, contrast: Double) {
            table = (0..<256).map { UInt8(min(max(Double($0) * (1 + contrast) + 255 * brightness, 0), 255)) }
        }
    }

    public func draw(for size: ImageSize, using generator: inout some RandomNumberGenerator) -> Draw? {
        guard generator.happens(probability) else { return nil }
        return Draw(
            brightness: generator.uniform(-brightness, brightness), contrast: generator.uniform(-contrast, contrast))
    }

    public func apply(_ draw: Draw, to pixels: PixelView) {
        draw.table.withUnsafeBufferPointer { table in
            for index in 0..<pixels.byteCount { pixels.base[index] = table[Int(pixels.base[index])] }
        }
    }
}
