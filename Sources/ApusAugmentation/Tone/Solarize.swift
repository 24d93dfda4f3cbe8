import ApusConfiguration
import ApusCore

/// Inverts the values from a threshold on.
public struct Solarize: PixelTransform {
    /// The threshold is uniform in this range; fractions of full intensity.
    public var threshold = 0.5...0.5

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.range("threshold_range", &threshold, in: 0...1)
    }

    /// The threshold, as a fraction of full intensity.
    public func draw(for sample: Sample, using stream: inout RandomStream) -> Double? {
        stream.uniform(threshold)
    }

    public func apply(_ draw: Double, to image: inout Raster) {
        image.map(byteTable { $0 >= draw * 255 ? 255 - $0 : $0 }) {
            for index in $0.indices where $0[index] >= Float(draw) { $0[index] = 1 - $0[index] }
        }
    }
}
