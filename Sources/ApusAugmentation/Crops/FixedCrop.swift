import ApusConfiguration
import ApusCore

/// A crop of one size, of an image that is padded to it before where need be.
public protocol FixedCrop: PaddedCrop {
    var size: ImageSize { get set }
    var padding: CropPadding { get set }

    /// Where in an image the part lies.
    static func place(_ part: ImageSize, in size: ImageSize, using stream: inout RandomStream) -> CropFrame
}

extension FixedCrop {
    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        var (size, padding) = (size, padding)
        try parameters.sides(&size)
        try padding.bind(&parameters)
        (self.size, self.padding) = (size, padding)
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> CropFrame? {
        let added = padding.padding(of: sample.size, to: size, using: &stream)
        return Self.place(size, in: sample.size.padded(by: added), using: &stream).before(added)
    }
}
