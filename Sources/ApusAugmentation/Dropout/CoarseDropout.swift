import ApusConfiguration
import ApusCore
import ApusVision

/// Fills a few rectangles anywhere in the image.
public struct CoarseDropout: HoleTransform {
    public var count = 1...2
    /// In fractions of the sides; in pixels where the greatest height is 1 or more.
    public var height = 0.1...0.2
    public var width = 0.1...0.2
    public var fill = HoleFill.value(.zero)
    public var maskFill: Fill?

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.range("num_holes_range", &count, in: 1...65_536)
        try parameters.range("hole_height_range", &height, single: .exactly, in: 0...32_766)
        try parameters.range("hole_width_range", &width, single: .exactly, in: 0...32_766)
        try parameters.holeFill(&fill, mask: &maskFill)
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> Holes? {
        let (size, isInPixels) = (sample.size, height.upperBound >= 1)
        let holes = (0..<stream.integer(count)).map { _ in
            let rows = Self.length(height, isInPixels, of: size.height, &stream)
            let columns = Self.length(width, isInPixels, of: size.width, &stream)
            return PixelRectangle(
                left: stream.integer(0...size.width - columns), top: stream.integer(0...size.height - rows),
                width: columns,
                height: rows)
        }
        return Holes(holes, seed: stream.next())
    }

    private static func length(
        _ range: ClosedRange<Double>, _ isInPixels: Bool, of side: Int, _ stream: inout RandomStream
    ) -> Int {
        guard isInPixels else { return min(Int(stream.uniform(range) * Double(side)), side) }
        let (low, high) = (min(Int(range.lowerBound), side), min(Int(range.upperBound), side))
        return stream.integer(low...max(low, high))
    }
}
