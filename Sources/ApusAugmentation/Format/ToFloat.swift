import ApusConfiguration
import CApusKernels

/// Bytes divided by a number; floats stay.
public struct ToFloat: PixelTransform {
    public static let standardProbability = 1.0
    /// `nil` for 255.
    public var maximum: Double?

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.number("max_value", &maximum, in: 1e-6...1e12)
    }

    public func apply(_ draw: NoDraw, to image: inout Raster) {
        image = image.inFloats(scale: Float(1 / (maximum ?? 255)))
    }
}
