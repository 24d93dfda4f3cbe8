import ApusConfiguration
import ApusCore
import ApusVision
import Glibc

/// Fills one rectangle of random area and shape.
///
/// Zhong et al., *Random Erasing Data Augmentation*, 2017.
public struct Erasing: HoleTransform {
    /// The area, in fractions of the image's.
    public var scale = 0.02...0.33
    /// The width by the height.
    public var ratio = 0.3...3.3
    public var fill = HoleFill.value(.zero)
    public var maskFill: Fill?

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.range("scale", &scale, single: .exactly, in: 0...1)
        try parameters.range("ratio", &ratio, single: .exactly, in: 1e-3...1e3)
        try parameters.holeFill(&fill, mask: &maskFill)
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> Holes? {
        let size = sample.size
        let (width, height) = (Double(size.width), Double(size.height))
        let most = min(
            size.area * scale.upperBound, ratio.lowerBound * height * height, width * width / ratio.upperBound)
        guard most >= size.area * scale.lowerBound, most > 0 else { return nil }
        let area = stream.uniform(size.area * scale.lowerBound, most)
        let (low, high) = (
            max(ratio.lowerBound, area / (height * height)), min(ratio.upperBound, width * width / max(area, 1e-9))
        )
        guard low <= high else { return nil }
        let shape = stream.uniform(low, high)
        let rows = min(Int((area / shape).squareRoot().rounded(.toNearestOrEven)), size.height)
        let columns = min(Int((area * shape).squareRoot().rounded(.toNearestOrEven)), size.width)
        let hole = PixelRectangle(
            left: stream.integer(0...size.width - columns), top: stream.integer(0...size.height - rows), width: columns,
            height: rows)
        return Holes([hole], seed: stream.next())
    }
}
