import ApusConfiguration
import ApusCore
import Glibc

/// Keeps a part of random area and shape anywhere in the image, and brings it to a size.
public struct RandomResizedCrop: SizedCrop {
    public var size = ImageSize(square: 256)
    /// The part's area as a fraction of the image's.
    public var scale = 0.08...1.0
    /// The part's width by its height.
    public var ratio = 0.75...(4.0 / 3)
    public var resampling = Resampling.linear
    public var maskResampling = Resampling.nearest
    public var areaUse = AreaUse.never

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try bindSize(&parameters)
        try parameters.range("scale", &scale, single: .exactly, in: 0...1)
        try parameters.range("ratio", &ratio, single: .exactly, in: 1e-3...1e3)
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> CropFrame? {
        for _ in 0..<10 {
            let area = stream.uniform(scale) * sample.size.area
            let ratio = exp(stream.uniform(log(ratio.lowerBound), log(ratio.upperBound)))
            let part = ImageSize(
                width: Int((area * ratio).squareRoot().rounded(.toNearestOrEven)),
                height: Int((area / ratio).squareRoot().rounded(.toNearestOrEven)))
            guard 1...sample.size.width ~= part.width, 1...sample.size.height ~= part.height else { continue }
            return CropPlace.random(part, of: sample.size, output: size, using: &stream)
        }
        return CropPlace.center(widestPart(of: sample.size), of: sample.size, output: size)
    }

    /// The whole image, cut where it is longer than a part may be.
    private func widestPart(of size: ImageSize) -> ImageSize {
        let (width, height) = (Double(size.width), Double(size.height))
        return ImageSize(
            width: Int(min(width, (height * ratio.upperBound).rounded(.toNearestOrEven))),
            height: Int(min(height, (width / ratio.lowerBound).rounded(.toNearestOrEven))))
    }
}
