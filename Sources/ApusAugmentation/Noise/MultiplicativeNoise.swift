import ApusConfiguration
import ApusCore
import CApusKernels

/// Multiplies by uniform numbers: one for the image, for each channel, each pixel or each element.
public struct MultiplicativeNoise: PixelTransform {
    public var factor = 0.9...1.1
    public var isPerChannel = false
    public var isElementwise = false

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.range("multiplier", &factor, single: .exactly, in: 0...1e6)
        try parameters.flag("per_channel", &isPerChannel)
        try parameters.flag("elementwise", &isElementwise)
    }

    public struct Draw: Codable, Hashable, Sendable {
        /// For each channel or for all; empty where every pixel has its own.
        public var factors: [Double]
        /// Of the noise.
        public var seed: UInt64
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> Draw? {
        if isElementwise { return Draw(factors: [], seed: stream.next()) }
        let count = isPerChannel ? sample.image.channels : 1
        return Draw(factors: (0..<count).map { _ in stream.uniform(factor) }, seed: 0)
    }

    public func apply(_ draw: Draw, to image: inout Raster) {
        guard isElementwise else {
            guard [1, image.channels].contains(draw.factors.count) else { return }
            return image.scale(draw.factors, offset: [Double](repeating: 0, count: draw.factors.count))
        }
        let (pixels, channels, isShared) = (image.pixelCount, Int32(image.channels), !isPerChannel)
        var noise = apus_noise(
            kind: APUS_NOISE_UNIFORM, a: Float(factor.lowerBound), b: Float(factor.upperBound), key: draw.seed)
        image.modify(
            uint8: { apus_multiply_noise_bytes($0.baseAddress, pixels, channels, isShared, &noise) },
            float32: { apus_multiply_noise_floats($0.baseAddress, pixels, channels, isShared, &noise) })
    }
}

extension Raster {
    /// Multiplies by a field, a number for each element; bytes are cut.
    mutating func multiply(field: [Float]) {
        precondition(field.count == count)
        modify(
            uint8: { apus_multiply_field_bytes($0.baseAddress, field.count, field) },
            float32: { apus_multiply_field_floats($0.baseAddress, field.count, field) })
    }
}
