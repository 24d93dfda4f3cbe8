import ApusConfiguration
import ApusCore

/// Keeps a part of a size in the middle.
public struct CenterCrop: PaddedCrop {
    public var size = ImageSize(square: 256)
    public var padding = CropPadding()

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.sides(&size)
        try padding.bind(&parameters)
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> CropFrame? {
        let added = padding.padding(of: sample.size, to: size, using: &stream)
        let padded = sample.size.padded(by: added)
        return CropPlace.center(size, of: padded).before(added)
    }
}
