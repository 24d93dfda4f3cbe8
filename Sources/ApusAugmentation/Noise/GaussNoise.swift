import ApusConfiguration
import ApusCore

/// Normally distributed noise, added. Sizes are fractions of full intensity.
public struct GaussNoise: PixelTransform {
    public var deviation = 0.2...0.44
    public var mean = 0.0...0.0
    /// A number for each element, or one for all channels of a pixel.
    public var isPerChannel = true
    /// How finely noise is drawn, as a fraction of the image's sides; below 1 it is stretched.
    public var resolution = 1.0

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.range("std_range", &deviation, in: 0...1)
        try parameters.range("mean_range", &mean, in: -1...1)
        try parameters.flag("per_channel", &isPerChannel)
        try parameters.number("noise_scale_factor", &resolution, in: 1e-6...1)
    }

    public struct Draw: Codable, Hashable, Sendable {
        public var deviation, mean: Double
        /// Of the noise.
        public var seed: UInt64
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> Draw? {
        let (deviation, mean) = (stream.uniform(deviation), stream.uniform(mean))
        return Draw(deviation: deviation, mean: mean, seed: stream.next())
    }

    public func apply(_ draw: Draw, to image: inout Raster) {
        let field = NoiseField(
            distribution: .normal(mean: draw.mean, deviation: draw.deviation), seed: draw.seed)
        image.add(field, isShared: !isPerChannel, resolution: resolution)
    }
}
