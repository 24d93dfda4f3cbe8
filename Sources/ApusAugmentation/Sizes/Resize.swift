import ApusConfiguration
import ApusCore

/// Brings an image to a size, whatever its shape.
public struct Resize: FramingTransform {
    public static var standardProbability: Double { 1 }

    public var size = ImageSize(square: 256)
    public var resampling = Resampling.linear
    public var maskResampling = Resampling.nearest
    public var areaUse = AreaUse.never

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.sides(&size)
        try parameters.resampling(&resampling, mask: &maskResampling)
        try parameters.areaUse(&areaUse)
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> CropFrame? {
        CropFrame(size: sample.size, output: size)
    }
}
