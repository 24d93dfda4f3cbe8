import ApusConfiguration
import ApusCore

/// Scales both sides by one factor.
public struct RandomScale: FramingTransform {
    /// What is added to 1.
    public var change = -0.1...0.1
    public var resampling = Resampling.linear
    public var maskResampling = Resampling.nearest
    public var areaUse = AreaUse.never

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.range("scale_limit", &change, in: -0.999...100)
        try parameters.resampling(&resampling, mask: &maskResampling)
        try parameters.areaUse(&areaUse)
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> CropFrame? {
        let scale = 1 + stream.uniform(change)
        func scaled(_ side: Int) -> Int { Int((Double(side) * scale).clamped(to: 1...32_766)) }
        return CropFrame(
            size: sample.size,
            output: ImageSize(width: scaled(sample.size.width), height: scaled(sample.size.height)))
    }
}
