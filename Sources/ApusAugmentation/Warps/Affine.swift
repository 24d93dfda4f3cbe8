import ApusConfiguration
import ApusCore
import ApusVision
import Glibc

/// Scales, turns, shears and shifts about the image's centre, in this order.
public struct Affine: PlaneTransform {
    public var scale = AxisRanges(1)
    /// The shift in fractions of the sides; instead of `translatePixels`.
    public var translateFraction: AxisRanges?
    public var translatePixels: AxisRanges? = AxisRanges(0)
    /// Degrees, counter-clockwise on the screen.
    public var rotation = 0.0...0.0
    /// Degrees along each axis.
    public var shear = AxisRanges(0)
    /// Whether the result's size follows the picture.
    public var fitsOutput = false
    /// Whether one scale serves both axes.
    public var keepsRatio = false
    /// Whether shrinking and growing are as likely, however wide the two parts of the scale's range.
    public var balancesScale = false
    public var look = PlaneLook()

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.axes("scale", &scale, single: .exactly, missing: 1, in: 0.001...1000)
        try parameters.axes("translate_percent", &translateFraction, single: .exactly, missing: 0, in: -10...10)
        try parameters.axes("translate_px", &translatePixels, single: .exactly, missing: 0, in: -1e5...1e5)
        try parameters.range("rotate", &rotation, single: .exactly, in: -36_000...36_000)
        try parameters.axes("shear", &shear, single: .exactly, missing: 0, in: -89...89)
        try look.bindTurning(&parameters)
        try parameters.flag("fit_output", &fitsOutput)
        try parameters.flag("keep_ratio", &keepsRatio)
        try parameters.flag("balanced_scale", &balancesScale)
        guard !keepsRatio || scale.x == scale.y else {
            throw parameters.problem("scale", "keep_ratio needs one scale for both axes")
        }
        if translateFraction != nil { translatePixels = nil }
    }
}

// MARK: - Drawing

extension Affine {
    public func draw(for sample: Sample, using stream: inout RandomStream) -> PlaneWarp? {
        let size = sample.size
        let shift = drawShift(size, &stream)
        // Albumentations shears the other way than its matrix does.
        let tilt = ProjectiveMap.shear(xDegrees: -stream.uniform(shear.x), yDegrees: -stream.uniform(shear.y))
        let factors = drawScale(&stream)
        let turn = ProjectiveMap.rotation(degrees: stream.uniform(rotation))
        let center = Point(Double(size.width), Double(size.height)) / 2
        let map =
            ProjectiveMap.translation(x: center.x + shift.x, y: center.y + shift.y) * tilt * turn
            * .scaling(x: factors.x, y: factors.y) * .translation(x: -center.x, y: -center.y)
        return fitsOutput ? fitted(map, size) : PlaneWarp(map: map, outputSize: size)
    }

    private func drawShift(_ size: ImageSize, _ stream: inout RandomStream) -> Point {
        if let fractions = translateFraction {
            return Point(
                (stream.uniform(fractions.x) * Double(size.width)).rounded(.towardZero),
                (stream.uniform(fractions.y) * Double(size.height)).rounded(.towardZero))
        }
        guard let pixels = translatePixels else { return .zero }
        func whole(_ range: ClosedRange<Double>) -> Double {
            Double(stream.integer(Int(range.lowerBound)...Int(range.upperBound)))
        }
        return Point(whole(pixels.x), whole(pixels.y))
    }

    private func drawScale(_ stream: inout RandomStream) -> Point {
        let x = drawScale(scale.x, &stream)
        return Point(x, keepsRatio ? x : drawScale(scale.y, &stream))
    }

    private func drawScale(_ range: ClosedRange<Double>, _ stream: inout RandomStream) -> Double {
        guard balancesScale, range.contains(1), range.lowerBound < 1, range.upperBound > 1 else {
            return stream.uniform(range)
        }
        return stream.happens(0.5) ? stream.uniform(range.lowerBound, 1) : stream.uniform(1, range.upperBound)
    }

    /// The output as large as the moved picture, at most 16 times the input's sides; moved by whole pixels.
    private func fitted(_ map: ProjectiveMap, _ size: ImageSize) -> PlaneWarp {
        let indices = map.onPixelIndices
        let corners = size.corners.map { indices($0) }
        let low = corners.reduce(corners[0]) { pointwiseMin($0, $1) }.rounded(.down)
        let high = corners.reduce(corners[0]) { pointwiseMax($0, $1) }.rounded(.up)
        let extent = high - low
        let output = ImageSize(
            width: Int((extent.x + 1).clamped(to: 1...16 * Double(size.width))),
            height: Int((extent.y + 1).clamped(to: 1...16 * Double(size.height))))
        return PlaneWarp(map: .translation(x: -low.x, y: -low.y) * map, outputSize: output.bounded)
    }
}

extension BoundingBox {
    /// Points around the ellipse inside, a degree apart.
    var ellipse: [Point] {
        let center = Point(Double(centerX), Double(centerY))
        let radii = Point(Double(width), Double(height)) / 2
        return (0..<360).map { degree in
            let angle = Double(degree) * .pi / 180
            return center + radii * Point(sin(angle), cos(angle))
        }
    }
}
