import ApusConfiguration
import ApusCore

/// Adds pixels where a side is short of a length, or of a multiple of one.
public struct PadIfNeeded: FramingTransform {
    public static var standardProbability: Double { 1 }

    /// A side has a smallest length or a divisor, not both.
    public var minimumHeight: Int? = 1024
    public var minimumWidth: Int? = 1024
    public var heightDivisor: Int?
    public var widthDivisor: Int?
    public var position = PadPosition.center
    public var border = BorderMode.constant
    public var fill = Fill.zero
    public var maskFill = Fill.zero

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        let lengths = 1...32_766
        try parameters.integer("min_height", &minimumHeight, in: lengths)
        try parameters.integer("min_width", &minimumWidth, in: lengths)
        try parameters.integer("pad_height_divisor", &heightDivisor, in: lengths)
        try parameters.integer("pad_width_divisor", &widthDivisor, in: lengths)
        try parameters.choice("position", &position)
        try parameters.border(&border, fill: &fill, mask: &maskFill)
        parameters.skip("padding")
        guard (minimumHeight == nil) != (heightDivisor == nil) else {
            throw parameters.problem("min_height", "expected one of min_height and pad_height_divisor")
        }
        guard (minimumWidth == nil) != (widthDivisor == nil) else {
            throw parameters.problem("min_width", "expected one of min_width and pad_width_divisor")
        }
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> CropFrame? {
        let size = sample.size
        func target(_ side: Int, _ minimum: Int?, _ divisor: Int?) -> Int {
            if let minimum { return max(side, minimum) }
            guard let divisor else { return side }
            return (side + divisor - 1) / divisor * divisor
        }
        let goal = ImageSize(
            width: target(size.width, minimumWidth, widthDivisor),
            height: target(size.height, minimumHeight, heightDivisor))
        return Padding.reaching(goal, from: size).placed(position, using: &stream).frame(of: size)
    }
}
