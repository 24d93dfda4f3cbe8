import ApusConfiguration
import ApusCore
import Glibc

/// Smears along a line, as a moving camera does.
public struct MotionBlur: PixelTransform {
    /// The line's length is one of the odd numbers in this range.
    public var side = 3...7
    /// Whether the line may leave the window's middle.
    public var isShifted = true
    /// In degrees.
    public var angle = 0.0...360.0
    /// From -1, all backwards, to 1, all forwards.
    public var direction = -1.0...1.0

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.sides("blur_limit", &side)
        try parameters.flag("allow_shifted", &isShifted)
        try parameters.range("angle_range", &angle, in: 0...360)
        try parameters.range("direction_range", &direction, in: -1...1)
    }

    public struct Draw: Codable, Hashable, Sendable {
        public var side: Int
        /// In degrees.
        public var angle: Double
        public var direction: Double
        /// From -1 to 1, in quarters of the side.
        public var shiftX, shiftY: Double
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> Draw? {
        var draw = Draw(
            side: stream.oddNumber(in: side), angle: stream.uniform(angle), direction: stream.uniform(direction),
            shiftX: 0, shiftY: 0)
        if isShifted { (draw.shiftX, draw.shiftY) = (stream.uniform(-1, 1), stream.uniform(-1, 1)) }
        return draw
    }

    public func apply(_ draw: Draw, to image: inout Raster) { image.filter(Self.kernel(draw)) }

    /// Equal weights where `side` steps along the line end.
    private static func kernel(_ draw: Draw) -> FilterKernel {
        let side = min(max(draw.side, 1), 255) | 1
        let (middle, reach, bias) = (side / 2, Double(side / 2), min(max(draw.direction, -1), 1))
        let start = bias > 0 ? -reach * (1 - bias) : -reach
        let end = bias < 0 ? reach * (1 + bias) : reach
        let radians = draw.angle * .pi / 180
        var points: Set<Int> = []
        for step in 0..<side {
            let t = side > 1 ? start + (end - start) * Double(step) / Double(side - 1) : start
            let x = Double(middle) + cos(radians) * t + draw.shiftX * reach / 2
            let y = Double(middle) + sin(radians) * t + draw.shiftY * reach / 2
            points.insert(place(y, side) * side + place(x, side))
        }
        let weight = 1 / Double(points.count)
        return FilterKernel(side: side) { points.contains(($1 + middle) * side + $0 + middle) ? weight : 0 }
    }

    private static func place(_ x: Double, _ side: Int) -> Int {
        x.isFinite ? Int(min(max(x.rounded(.toNearestOrEven), 0), Double(side - 1))) : 0
    }
}
