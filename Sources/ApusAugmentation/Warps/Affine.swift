import ApusConfiguration
import ApusCore
import ApusVision
import CApusOpenCV
import Glibc

/// Scales, turns, shears and shifts about the image's centre, in this order.
public struct Affine: SpatialTransform {
    public var scale = AxisRanges(1)
    /// The shift in fractions of the sides; instead of `translatePixels`.
    public var translateFraction: AxisRanges?
    public var translatePixels: AxisRanges? = AxisRanges(0)
    /// Degrees, counter-clockwise on the screen.
    public var rotation = 0.0...0.0
    /// Degrees along each axis.
    public var shear = AxisRanges(0)
    public var resampling = Resampling.linear
    public var maskResampling = Resampling.nearest
    /// Whether the result's size follows the picture.
    public var fitsOutput = false
    /// Whether one scale serves both axes.
    public var keepsRatio = false
    public var boxShape = BoxShape.largestBox
    /// Whether shrinking and growing are as likely, however wide the two parts of the scale's range.
    public var balancesScale = false
    public var border = BorderMode.constant
    public var fill = Fill.zero
    public var maskFill = Fill.zero

    /// What stands for an object while its box turns.
    public enum BoxShape: String, CaseIterable, Sendable {
        /// The box itself: the hull of its corners.
        case largestBox = "largest_box"
        /// The ellipse inside it.
        case ellipse
    }

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.axes("scale", &scale, single: .exactly, missing: 1, in: 0.001...1000)
        try parameters.axes("translate_percent", &translateFraction, single: .exactly, missing: 0, in: -10...10)
        try parameters.axes("translate_px", &translatePixels, single: .exactly, missing: 0, in: -1e5...1e5)
        try parameters.range("rotate", &rotation, single: .exactly, in: -36_000...36_000)
        try parameters.axes("shear", &shear, single: .exactly, missing: 0, in: -89...89)
        try parameters.code("interpolation", &resampling)
        try parameters.code("mask_interpolation", &maskResampling)
        try parameters.flag("fit_output", &fitsOutput)
        try parameters.flag("keep_ratio", &keepsRatio)
        try parameters.choice("rotate_method", &boxShape)
        try parameters.flag("balanced_scale", &balancesScale)
        try parameters.code("border_mode", &border)
        try parameters.fill("fill", &fill)
        try parameters.fill("fill_mask", &maskFill)
        guard !keepsRatio || scale.x == scale.y else {
            throw parameters.problem("scale", "keep_ratio needs one scale for both axes")
        }
        if translateFraction != nil { translatePixels = nil }
    }
}

// MARK: - Drawing

extension Affine {
    public struct Draw: Codable, Hashable, Sendable {
        /// From the input's places to the output's.
        public var map: ProjectiveMap
        public var outputSize: ImageSize
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> Draw? {
        let size = sample.size
        let shift = drawShift(size, &stream)
        let tilt = ProjectiveMap.shear(xDegrees: stream.uniform(shear.x), yDegrees: stream.uniform(shear.y))
        let factors = drawScale(&stream)
        let turn = ProjectiveMap.rotation(degrees: stream.uniform(rotation))
        let center = Point(Double(size.width), Double(size.height)) / 2
        let map =
            ProjectiveMap.translation(x: center.x + shift.x, y: center.y + shift.y) * tilt * turn
            * .scaling(x: factors.x, y: factors.y) * .translation(x: -center.x, y: -center.y)
        return fitsOutput ? fitted(map, size) : Draw(map: map, outputSize: size)
    }

    private func drawShift(_ size: ImageSize, _ stream: inout RandomStream) -> Point {
        if let fractions = translateFraction {
            return Point(
                stream.uniform(fractions.x) * Double(size.width), stream.uniform(fractions.y) * Double(size.height))
        }
        guard let pixels = translatePixels else { return .zero }
        return Point(stream.uniform(pixels.x).rounded(), stream.uniform(pixels.y).rounded())
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

    /// The output as large as the moved picture, at most 16 times the input's sides.
    private func fitted(_ map: ProjectiveMap, _ size: ImageSize) -> Draw {
        let corners = size.corners.map { map($0) }
        let low = corners.reduce(corners[0]) { pointwiseMin($0, $1) }
        let high = corners.reduce(corners[0]) { pointwiseMax($0, $1) }
        let extent = high - low
        let output = ImageSize(
            width: min(max(Int(extent.x.rounded(.up)), 1), 16 * size.width),
            height: min(max(Int(extent.y.rounded(.up)), 1), 16 * size.height))
        return Draw(map: .translation(x: -low.x, y: -low.y) * map, outputSize: output)
    }
}

// MARK: - Applying

extension Affine {
    public func apply(_ draw: Draw, to image: inout Raster) { warp(&image, draw, resampling, fill) }

    public func apply(_ draw: Draw, toMask mask: inout Raster) { warp(&mask, draw, maskResampling, maskFill) }

    private func warp(_ raster: inout Raster, _ draw: Draw, _ resampling: Resampling, _ fill: Fill) {
        guard draw.map != .identity || draw.outputSize != raster.size else { return }
        let indices = draw.map.onPixelIndices.elements
        let values = (0..<raster.channels).map { fill[$0] }
        raster = OpenCV.map(raster, to: draw.outputSize) { source, destination in
            apus_cv_warp_affine_raster(
                source, destination, indices, Int32(resampling.pointwise.rawValue), Int32(border.rawValue), values)
        }
    }

    public func apply(_ draw: Draw, to point: Point, in size: ImageSize) -> Point { draw.map(point) }

    public func apply(_ draw: Draw, to box: BoundingBox, in size: ImageSize) -> BoundingBox {
        let outline = boxShape == .ellipse ? box.ellipse : box.corners
        return BoundingBox(around: outline.map { draw.map($0) }) ?? box
    }

    public func mirrors(_ draw: Draw) -> Bool {
        draw.map.elements[0] * draw.map.elements[4] < draw.map.elements[1] * draw.map.elements[3]
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
