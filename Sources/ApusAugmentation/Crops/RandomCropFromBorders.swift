import ApusConfiguration
import ApusCore

/// Cuts a random part off each side.
public struct RandomCropFromBorders: FramingTransform {
    public static var standardProbability: Double { 1 }

    /// The most that is cut, in fractions of the side.
    public var left = 0.1, right = 0.1, top = 0.1, bottom = 0.1

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.number("crop_left", &left, in: 0...1)
        try parameters.number("crop_right", &right, in: 0...1)
        try parameters.number("crop_top", &top, in: 0...1)
        try parameters.number("crop_bottom", &bottom, in: 0...1)
        guard left + right <= 1 else { throw parameters.problem("crop_left", "crop_left + crop_right is above 1") }
        guard top + bottom <= 1 else { throw parameters.problem("crop_top", "crop_top + crop_bottom is above 1") }
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> CropFrame? {
        func part(_ side: Int, _ before: Double, _ after: Double) -> Range<Int> {
            let first = min(stream.integer(0...Int(before * Double(side))), side - 1)
            let last = max(first + 1, Int((1 - after) * Double(side)))
            return first..<stream.integer(last...side)
        }
        let columns = part(sample.size.width, left, right)
        return CropFrame(x: columns, y: part(sample.size.height, top, bottom))
    }
}
