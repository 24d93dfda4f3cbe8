import ApusConfiguration
import ApusCore
import ApusVision

/// Fills stripes across the whole image.
public struct XYMasking: HoleTransform {
    public var countX = 0...0
    public var countY = 0...0
    /// How thick they are, in pixels.
    public var lengthX = 0...0
    public var lengthY = 0...0
    public var fill = HoleFill.value(.zero)
    public var maskFill: Fill?

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.range("num_masks_x", &countX, single: .upTo(0), in: 0...65_536)
        try parameters.range("num_masks_y", &countY, single: .upTo(0), in: 0...65_536)
        try parameters.range("mask_x_length", &lengthX, single: .upTo(0), in: 0...32_766)
        try parameters.range("mask_y_length", &lengthY, single: .upTo(0), in: 0...32_766)
        try parameters.holeFill(&fill, mask: &maskFill)
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> Holes? {
        let size = sample.size
        let upright = (0..<stream.integer(countX)).map { _ in
            let length = min(stream.integer(lengthX), size.width)
            return PixelRectangle(
                left: stream.integer(0...size.width - length), top: 0, width: length, height: size.height)
        }
        let level = (0..<stream.integer(countY)).map { _ in
            let length = min(stream.integer(lengthY), size.height)
            return PixelRectangle(
                left: 0, top: stream.integer(0...size.height - length), width: size.width, height: length)
        }
        return Holes(upright + level, seed: stream.next())
    }
}
