import ApusConfiguration
import ApusCore
import CApusKernels

/// Darkens by a fractal pattern.
public struct PlasmaShadow: PixelTransform {
    public var intensity = 0.3...0.7
    /// Read for Albumentations' sake, which does not use it either: the pattern is as large as the image.
    public var patternSize = 256
    /// How noise grows from one scale of the pattern to the next.
    public var roughness = 3.0

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.range("shadow_intensity_range", &intensity, in: 0...1)
        try parameters.integer("plasma_size", &patternSize, in: 1...1_000_000)
        try parameters.number("roughness", &roughness, in: 1e-6...100)
    }

    public struct Draw: Codable, Hashable, Sendable {
        public var intensity: Double
        /// Of the pattern.
        public var seed: UInt64
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> Draw? {
        let intensity = stream.uniform(intensity)
        return Draw(intensity: intensity, seed: stream.next())
    }

    public func apply(_ draw: Draw, to image: inout Raster) {
        apply(draw, pattern: plasma(seed: draw.seed, size: image.size, roughness: roughness), to: &image)
    }

    func apply(_ draw: Draw, pattern: [Float], to image: inout Raster) {
        image.multiply(pixels: pattern.map { 1 - $0 * Float(draw.intensity) }, rounds: false)
    }
}

/// A pattern from 0 to 1 by the diamond-square method.
///
/// Fournier, Fussell & Carpenter, *Computer Rendering of Stochastic Models*, 1982.
func plasma(seed: UInt64, size: ImageSize, roughness: Double) -> [Float] {
    let count = size.width * size.height
    return [Float](unsafeUninitializedCapacity: count) { pattern, initialized in
        check(apus_plasma(seed, Int32(size.width), Int32(size.height), Float(roughness), pattern.baseAddress))
        initialized = count
    }
}
