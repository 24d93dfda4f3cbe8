import ApusConfiguration
import ApusCore
import Glibc

/// Raises values to a power.
public struct RandomGamma: PixelTransform {
    /// Hundredths of the exponent.
    public var gamma = 80.0...120.0

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.range("gamma_limit", &gamma, single: .upTo(1), in: 1...100_000)
    }

    /// The exponent.
    public func draw(for sample: Sample, using stream: inout RandomStream) -> Double? { stream.uniform(gamma) / 100 }

    public func apply(_ draw: Double, to image: inout Raster) {
        image.map(byteTable { pow($0 / 255, draw) * 255 }) { floats in
            for index in floats.indices { floats[index] = powf(max(floats[index], 0), Float(draw)) }
        }
    }
}
