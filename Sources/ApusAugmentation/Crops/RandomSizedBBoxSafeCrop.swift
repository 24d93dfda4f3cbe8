import ApusConfiguration
import ApusCore

/// Keeps a random part with all boxes in it, and brings it to a size.
public struct RandomSizedBBoxSafeCrop: FramingTransform {
    public static var standardProbability: Double { 1 }

    public var size = ImageSize(square: 256)
    /// How much of the boxes' union may be lost along each side, in fractions of it.
    public var erosion = 0.0
    public var resampling = Resampling.linear
    public var maskResampling = Resampling.nearest

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.sides(&size)
        try parameters.number("erosion_rate", &erosion, in: 0...1)
        try parameters.resampling(&resampling, mask: &maskResampling)
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> CropFrame? {
        var frame = SafeCrop.frame(sample, erosion: erosion, using: &stream)
        frame.output = size
        return frame
    }
}
