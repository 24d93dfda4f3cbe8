import ApusConfiguration
import ApusCore

/// Brightness and contrast: `alpha · x + beta`.
public struct RandomBrightnessContrast: PixelTransform {
    /// Added, as a fraction of full intensity, or of the image's mean.
    public var brightness = -0.2...0.2
    /// The factor less 1.
    public var contrast = -0.2...0.2
    /// Whether brightness is a fraction of full intensity, not of the mean.
    public var isOfMaximum = true
    /// Whether the numbers are changed so that nothing overflows.
    public var isSafe = false

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.range("brightness_limit", &brightness)
        try parameters.range("contrast_limit", &contrast)
        try parameters.flag("brightness_by_max", &isOfMaximum)
        try parameters.flag("ensure_safe_range", &isSafe)
    }

    public struct Draw: Codable, Hashable, Sendable {
        public var alpha: Double
        /// In the image's own units.
        public var beta: Double
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> Draw? {
        let alpha = 1 + stream.uniform(contrast)
        let whole = isOfMaximum ? sample.image.maximum : sample.image.mean
        let draw = Draw(alpha: alpha, beta: stream.uniform(brightness) * whole)
        return isSafe ? Self.safe(draw, maximum: sample.image.maximum) : draw
    }

    private static func safe(_ draw: Draw, maximum: Double) -> Draw {
        guard draw.alpha > 0 else {
            let beta = min(draw.beta, maximum)
            return Draw(alpha: max(draw.alpha, -beta / maximum), beta: beta)
        }
        let beta = min(max(draw.beta, 0), maximum)
        return Draw(alpha: min(draw.alpha, (maximum - beta) / maximum), beta: beta)
    }

    public func apply(_ draw: Draw, to image: inout Raster) {
        image.map(byteTable { $0 * draw.alpha + draw.beta }) { floats in
            let (alpha, beta) = (Float(draw.alpha), Float(draw.beta))
            for index in floats.indices { floats[index] = min(max(floats[index] * alpha + beta, 0), 1) }
        }
    }
}

extension Raster {
    /// Of all elements.
    var mean: Double {
        read(
            uint8: { bytes in Double(bytes.reduce(0) { $0 &+ Int($1) }) / Double(bytes.count) },
            float32: { floats in floats.reduce(0.0) { $0 + Double($1) } / Double(floats.count) })
    }
}
