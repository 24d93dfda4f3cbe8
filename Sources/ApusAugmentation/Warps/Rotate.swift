import ApusConfiguration
import ApusCore
import ApusVision
import Glibc

/// Turns about the image's centre.
public struct Rotate: PlaneTransform {
    /// Degrees, counter-clockwise on the screen.
    public var limit = -90.0...90.0
    /// Whether only the largest rectangle without a border is kept.
    public var cropsBorder = false
    public var look = PlaneLook()

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.range("limit", &limit, in: -36_000...36_000)
        try look.bindTurning(&parameters)
        try parameters.flag("crop_border", &cropsBorder)
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> PlaneWarp? {
        let (size, degrees) = (sample.size, stream.uniform(limit))
        let center = Point(Double(size.width), Double(size.height)) / 2
        let map =
            ProjectiveMap.translation(x: center.x, y: center.y) * .rotation(degrees: degrees)
            * .translation(x: -center.x, y: -center.y)
        return PlaneWarp(
            map: map, outputSize: size, window: cropsBorder ? Self.window(of: size, turned: degrees) : nil)
    }

    /// The largest rectangle around the centre that the turned image covers.
    static func window(of size: ImageSize, turned degrees: Double) -> CropFrame {
        let (width, height) = (Double(size.width), Double(size.height))
        let (long, short) = (max(width, height), min(width, height))
        let (sine, cosine) = (abs(sin(degrees * .pi / 180)), abs(cos(degrees * .pi / 180)))
        var extent: Point
        if short <= 2 * sine * cosine * long || abs(sine - cosine) < 1e-10 {
            // Two corners touch the long side, the others lie on the middle line.
            let sides = Point(short / 2 / sine, short / 2 / cosine)
            extent = width >= height ? sides : Point(sides.y, sides.x)
        } else {
            let difference = cosine * cosine - sine * sine
            extent = Point(width * cosine - height * sine, height * cosine - width * sine) / difference
        }
        extent /= 2
        return CropPlace.between(
            (Int(max(width / 2 - extent.x, 0)), Int(max(height / 2 - extent.y, 0))),
            (Int(min(width / 2 + extent.x, width)), Int(min(height / 2 + extent.y, height))), of: size)
    }
}
