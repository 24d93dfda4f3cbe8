import ApusConfiguration
import ApusCore

/// Keeps a part of random height and fixed shape anywhere in the image, and brings it to a size.
public struct RandomSizedCrop: SizedCrop {
    public var size = ImageSize(square: 256)
    public var height = 128...256
    /// The part's width by its height.
    public var ratio = 1.0
    public var resampling = Resampling.linear
    public var maskResampling = Resampling.nearest
    public var areaUse = AreaUse.never

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.require("min_max_height")
        try parameters.range("min_max_height", &height, in: 1...32_766)
        try bindSize(&parameters)
        try parameters.number("w2h_ratio", &ratio, in: 1e-3...1e3)
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> CropFrame? {
        let rows = stream.integer(height)
        let part = ImageSize(width: Int(Double(rows) * ratio), height: rows)
        return CropPlace.random(part, of: sample.size, output: size, using: &stream)
    }
}
