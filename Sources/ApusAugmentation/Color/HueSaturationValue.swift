import ApusConfiguration
import ApusCore
import CApusKernels

/// Moves hue, saturation and value in OpenCV's 8-bit HSV. For 1 or 3 channels; others stay. Floats go through bytes.
public struct HueSaturationValue: PixelTransform {
    /// Of 180 hues.
    public var hue = -20.0...20.0
    /// Of 255.
    public var saturation = -30.0...30.0
    /// Of 255.
    public var value = -20.0...20.0

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.range("hue_shift_limit", &hue)
        try parameters.range("sat_shift_limit", &saturation)
        try parameters.range("val_shift_limit", &value)
    }

    public struct Draw: Codable, Hashable, Sendable {
        public var hue, saturation, value: Double
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> Draw? {
        guard [1, 3].contains(sample.image.channels) else { return nil }
        return Draw(hue: stream.uniform(hue), saturation: stream.uniform(saturation), value: stream.uniform(value))
    }

    public func apply(_ draw: Draw, to image: inout Raster) {
        guard [1, 3].contains(image.channels), draw != Draw(hue: 0, saturation: 0, value: 0) else { return }
        let value = byteTable { $0 + draw.value.rounded(.towardZero) }
        // What has no saturation gets none: it has no hue either.
        let saturation = byteTable { $0 == 0 ? 0 : $0 + draw.saturation.rounded(.towardZero) }
        let hue = hueTable(shift: draw.hue)
        image.asBytes { bytes in
            guard bytes.channels == 3 else { return bytes.map(value) { _ in } }
            let pixels = bytes.pixelCount
            bytes.modify(uint8: { apus_map_hsv($0.baseAddress, pixels, hue, saturation, value) }, float32: { _ in })
        }
    }
}
