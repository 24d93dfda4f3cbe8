import ApusConfiguration
import ApusCore

/// Cuts or adds a random number of pixels on each side, in pixels or in fractions of the side; then resizes to the
/// size that the image had.
public struct CropAndPad: FramingTransform {
    public static var standardProbability: Double { 1 }

    /// In pixels, or in fractions; below 0 is cut, above 0 added.
    var pixels: SideChanges? = .same(.exactly(0))
    var fractions: SideChanges?
    public var keepsSize = true
    /// Whether each side has a draw of its own, where one range is given for all.
    public var drawsEachSide = true
    public var resampling = Resampling.linear
    public var maskResampling = Resampling.nearest
    public var border = BorderMode.constant
    public var fill = Fill.zero
    public var maskFill = Fill.zero

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.sideChanges("px", &pixels, in: -16_384...16_384)
        try parameters.sideChanges("percent", &fractions, in: -1...16)
        if fractions != nil, pixels == .same(.exactly(0)) { pixels = nil }
        guard (pixels == nil) != (fractions == nil) else {
            throw parameters.problem("px", "expected one of px and percent")
        }
        try parameters.flag("keep_size", &keepsSize)
        try parameters.flag("sample_independently", &drawsEachSide)
        try parameters.resampling(&resampling, mask: &maskResampling)
        try parameters.border(&border, fill: &fill, mask: &maskFill)
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> CropFrame? {
        let size = sample.size
        let (width, height) = (Double(size.width), Double(size.height))
        let changes: [Double]
        if let fractions {
            let drawn = fractions.draw(each: drawsEachSide) { stream.uniform($0) }
            changes = zip(drawn, [height, width, height, width]).map { $0 * $1 }
        } else {
            changes = (pixels ?? .same(.exactly(0))).draw(each: drawsEachSide) { range in
                // The upper bound is left out, as Python's randrange does.
                let (low, high) = (Int(range.lowerBound), Int(range.upperBound))
                return Double(stream.integer(low...max(low, high - 1)))
            }
        }
        let whole = changes.map { Int($0) }
        let (top, bottom) = Self.kept(whole[0], whole[2], of: size.height)
        let (right, left) = Self.kept(whole[1], whole[3], of: size.width)
        var frame = CropFrame.cutting(size, left: -left, top: -top, right: -right, bottom: -bottom)
        if keepsSize { frame.output = size }
        return frame
    }

    /// The same where cuts leave a pixel; otherwise they are lessened on both sides.
    static func kept(_ first: Int, _ second: Int, of side: Int) -> (Int, Int) {
        let (before, after) = (max(-first, 0), max(-second, 0))
        let excess = before + after - (side - 1)
        guard excess > 0 else { return (first, second) }
        let less = min(before, (excess + 1) / 2)
        let (kept, rest) = (before - less, after - (excess - less))
        guard rest < 0 else { return (kept > 0 ? -kept : max(first, 0), rest > 0 ? -rest : max(second, 0)) }
        return (-(kept + rest), max(second, 0))
    }
}
