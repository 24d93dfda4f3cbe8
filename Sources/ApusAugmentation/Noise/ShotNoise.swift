import ApusConfiguration
import ApusCore
import CApusKernels
import Glibc

/// The noise of counted photons: Poisson-distributed in linear light.
public struct ShotNoise: PixelTransform {
    /// One over how many photons full intensity has.
    public var scale = 0.1...0.3

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.range("scale_range", &scale, in: 1e-6...1e6)
    }

    public struct Draw: Codable, Hashable, Sendable {
        public var scale: Double
        /// Of the noise.
        public var seed: UInt64
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> Draw? {
        let scale = stream.uniform(scale)
        return Draw(scale: scale, seed: stream.next())
    }

    public func apply(_ draw: Draw, to image: inout Raster) {
        let scale = min(max(draw.scale, 1e-6), 1e6)
        // With more photons than a byte counts, the general way serves.
        if image.isFloat || scale < 1.0 / 100 {
            image.asFloats { Self.applyToFloats(scale, draw.seed, &$0) }
        } else {
            Self.applyToBytes(scale, draw.seed, &image)
        }
    }

    private static func applyToBytes(_ scale: Double, _ seed: UInt64, _ image: inout Raster) {
        let means = (0..<256).map { Float((pow(Double($0) / 255, 2.2) + scale * 1e-6) / scale) }
        let outcomes = roundedTable { pow(min($0 * scale, 1), 1 / 2.2) * 255 }
        image.modify(
            uint8: { check(apus_poisson_bytes($0.baseAddress, $0.count, seed, means, outcomes)) }, float32: { _ in })
    }

    private static func applyToFloats(_ scale: Double, _ seed: UInt64, _ image: inout Raster) {
        image.modify(
            uint8: { _ in },
            float32: { values in
                let scale = Float(scale)
                for index in values.indices {
                    values[index] = (powf(max(values[index], 0), 2.2) + scale * 1e-6) / scale
                }
                apus_poisson_floats(values.baseAddress, values.count, seed)
                for index in values.indices { values[index] = powf(min(values[index] * scale, 1), 1 / 2.2) }
            })
    }
}
