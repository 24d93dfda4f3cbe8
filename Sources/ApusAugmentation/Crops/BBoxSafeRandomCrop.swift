import ApusConfiguration
import ApusCore

/// Keeps a random part with all boxes in it.
public struct BBoxSafeRandomCrop: FramingTransform {
    public static var standardProbability: Double { 1 }

    /// How much of the boxes' union may be lost along each side, in fractions of it.
    public var erosion = 0.0

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.number("erosion_rate", &erosion, in: 0...1)
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> CropFrame? {
        SafeCrop.frame(sample, erosion: erosion, using: &stream)
    }
}
