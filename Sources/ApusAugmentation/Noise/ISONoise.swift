import ApusConfiguration
import ApusCore
import CApusKernels

/// A camera sensor's noise in hue and lightness. For RGB; others stay.
public struct ISONoise: RGBTransform {
    /// The deviation of the hue, in degrees, at intensity 1.
    public var colorShift = 0.01...0.05
    public var intensity = 0.1...0.5

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.range("color_shift", &colorShift, in: 0...1)
        try parameters.range("intensity", &intensity, in: 0...1e3)
    }

    public struct Draw: Codable, Hashable, Sendable {
        public var colorShift, intensity: Double
        /// Of the noise.
        public var seed: UInt64
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> Draw? {
        guard sample.image.channels == 3 else { return nil }
        let (colorShift, intensity) = (stream.uniform(colorShift), stream.uniform(intensity))
        return Draw(colorShift: colorShift, intensity: intensity, seed: stream.next())
    }

    public func apply(_ draw: Draw, to image: inout Raster) {
        guard image.channels == 3 else { return }
        let pixels = image.pixelCount
        let hue = NoiseField(
            distribution: .normal(mean: 0, deviation: draw.colorShift * draw.intensity), seed: draw.seed
        ).numbers(pixels, scale: 1)
        let mean = Float(image.lightnessDeviation * draw.intensity)
        let lightness = [Float](unsafeUninitializedCapacity: pixels) {
            // A field of its own beside that of the hue.
            apus_poisson_fill(~draw.seed, mean, Float(draw.intensity), pixels, $0.baseAddress)
            $1 = pixels
        }
        image.disturb(hue: hue, lightness: lightness)
    }
}

extension Raster {
    /// Of HLS, from 0 to 1.
    fileprivate var lightnessDeviation: Double {
        read(
            uint8: { apus_lightness_deviation_bytes($0.baseAddress, pixelCount) },
            float32: { apus_lightness_deviation_floats($0.baseAddress, pixelCount) })
    }

    /// Moves each pixel's hue, in degrees, and its lightness by a share of what it lacks.
    mutating func disturb(hue: [Float], lightness: [Float]) {
        let pixels = pixelCount
        precondition(hue.count == pixels && lightness.count == pixels && channels == 3)
        modify(
            uint8: { apus_sensor_noise_bytes($0.baseAddress, pixels, hue, lightness) },
            float32: { apus_sensor_noise_floats($0.baseAddress, pixels, hue, lightness) })
    }
}
