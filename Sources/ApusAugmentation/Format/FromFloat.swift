import ApusConfiguration
import CApusKernels

/// Floats times a number, as bytes; bytes stay. Images here have no elements of 16 or 32 bits.
public struct FromFloat: PixelTransform {
    public static let standardProbability = 1.0

    public enum Kind: String, CaseIterable, Codable, Sendable { case uint8 }

    public var kind = Kind.uint8
    /// `nil` for 255.
    public var maximum: Double?

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.choice("dtype", &kind)
        try parameters.number("max_value", &maximum, in: 1e-6...1e12)
    }

    public func apply(_ draw: NoDraw, to image: inout Raster) {
        image = image.inBytes(scale: Float(maximum ?? 255))
    }
}
