import ApusConfiguration
import ApusCore
import CApusKernels
import Glibc

/// Brightness, contrast, saturation and hue in random order, as torchvision's. For 1 or 3 channels; others stay.
public struct ColorJitter: PixelTransform {
    public var brightness = 0.8...1.2
    public var contrast = 0.8...1.2
    public var saturation = 0.8...1.2
    /// In turns.
    public var hue = -0.5...0.5

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try Self.factor("brightness", &brightness, &parameters)
        try Self.factor("contrast", &contrast, &parameters)
        try Self.factor("saturation", &saturation, &parameters)
        try parameters.range("hue", &hue, in: -0.5...0.5)
    }

    /// One number is as far as the factor goes from 1, but not below 0.
    private static func factor(
        _ key: String, _ value: inout ClosedRange<Double>, _ parameters: inout Parameters
    ) throws(ConfigurationError) {
        var result = value
        try parameters.value(
            key,
            read: { node throws(ConfigurationError) in
                guard node.elements == nil else {
                    result = try node.range(single: .exactly, in: 0...1e6)
                    return
                }
                let reach = try node.number(in: 0...1e6)
                result = max(1 - reach, 0)...1 + reach
            }, write: { .list([.number(result.lowerBound), .number(result.upperBound)]) })
        value = result
    }

    public struct Draw: Codable, Hashable, Sendable {
        public var brightness, contrast, saturation: Double
        /// In turns.
        public var hue: Double
        /// Of the four, as they stand above.
        public var order: [Int]
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> Draw? {
        guard [1, 3].contains(sample.image.channels) else { return nil }
        return Draw(
            brightness: stream.uniform(brightness), contrast: stream.uniform(contrast),
            saturation: stream.uniform(saturation), hue: stream.uniform(hue), order: stream.permutation(of: 4))
    }

    public func apply(_ draw: Draw, to image: inout Raster) {
        guard [1, 3].contains(image.channels) else { return }
        for step in draw.order {
            switch step {
            case 0: image.scale([draw.brightness], offset: [0])
            case 1: Self.contrast(draw.contrast, &image)
            case 2: Self.saturate(draw.saturation, &image)
            case 3: Self.turn(draw.hue, &image)
            default: break
            }
        }
    }

    private static func contrast(_ factor: Double, _ image: inout Raster) {
        guard factor != 1 else { return }
        // A factor of 0 leaves the rounded mean.
        let rounding = factor == 0 && !image.isFloat ? 0.5 : 0
        image.scale([factor], offset: [image.greyMean * (1 - factor) + rounding])
    }

    private static func saturate(_ factor: Double, _ image: inout Raster) {
        guard factor != 1, image.channels == 3 else { return }
        let pixels = image.pixelCount
        image.modify(
            uint8: { apus_saturate_bytes($0.baseAddress, pixels, Float(factor)) },
            float32: { apus_saturate_floats($0.baseAddress, pixels, Float(factor)) })
    }

    private static func turn(_ hue: Double, _ image: inout Raster) {
        guard hue != 0, image.channels == 3 else { return }
        let (pixels, identity) = (image.pixelCount, byteTable { $0 })
        let hues = hueTable(shift: hue * 180)
        image.modify(
            uint8: { apus_map_hsv($0.baseAddress, pixels, hues, identity, identity) },
            float32: { apus_turn_hue_floats($0.baseAddress, pixels, Float(hue * 360)) })
    }
}

/// Every hue of OpenCV's 180, moved and cut to a whole one.
func hueTable(shift: Double) -> [UInt8] {
    byteTable { hue in
        let moved = fmod(hue + shift, 180)
        return moved < 0 ? moved + 180 : moved
    }
}

extension Raster {
    /// The mean of the grey values of 3 channels, or of one.
    var greyMean: Double {
        guard channels == 3 else { return mean }
        return read(
            uint8: { Double(apus_grey_sum($0.baseAddress, pixelCount)) / Double(pixelCount) },
            float32: { floats in
                let grey = [Float](unsafeUninitializedCapacity: pixelCount) {
                    apus_grey_floats(floats.baseAddress, pixelCount, $0.baseAddress)
                    $1 = pixelCount
                }
                return grey.reduce(0.0) { $0 + Double($1) } / Double(pixelCount)
            })
    }
}
