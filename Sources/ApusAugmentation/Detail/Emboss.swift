import ApusConfiguration
import ApusCore

/// A relief lit from the upper left, laid over the image.
public struct Emboss: PixelTransform {
    /// The relief's share.
    public var alpha = 0.2...0.5
    public var strength = 0.2...0.7

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.range("alpha", &alpha, in: 0...1)
        try parameters.range("strength", &strength, in: 0...1e3)
    }

    public struct Draw: Codable, Hashable, Sendable {
        public var alpha, strength: Double
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> Draw? {
        let alpha = stream.uniform(alpha)
        return Draw(alpha: alpha, strength: stream.uniform(strength))
    }

    public func apply(_ draw: Draw, to image: inout Raster) {
        let (s, alpha) = (draw.strength, draw.alpha)
        let relief = [-1 - s, -s, 0, -s, 1, s, 0, s, 1 + s]
        image.filter(
            FilterKernel(side: 3) { x, y in (x == 0 && y == 0 ? 1 - alpha : 0) + alpha * relief[3 * y + x + 4] })
    }
}
