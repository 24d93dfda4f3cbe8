import ApusConfiguration
import ApusCore
import CApusKernels
import CApusOpenCV

/// A lens that bends red and blue differently from green. For RGB; others stay. Floats go through bytes.
public struct ChromaticAberration: RGBTransform {
    /// The fringes' colours.
    public enum Mode: String, CaseIterable, Codable, Sendable {
        case greenPurple = "green_purple"
        case redBlue = "red_blue"
        case random
    }

    /// The factor of the squared distance from the middle.
    public var primary = -0.02...0.02
    /// The factor of the fourth power.
    public var secondary = -0.05...0.05
    public var mode = Mode.greenPurple
    public var interpolation = Resampling.linear

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.range("primary_distortion_limit", &primary, in: -1e3...1e3)
        try parameters.range("secondary_distortion_limit", &secondary, in: -1e3...1e3)
        try parameters.choice("mode", &mode)
        try parameters.code("interpolation", &interpolation)
    }

    public struct Draw: Codable, Hashable, Sendable {
        public var primaryRed, secondaryRed, primaryBlue, secondaryBlue: Double
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> Draw? {
        guard sample.image.channels == 3 else { return nil }
        var draw = Draw(
            primaryRed: stream.uniform(primary), secondaryRed: stream.uniform(secondary),
            primaryBlue: stream.uniform(primary), secondaryBlue: stream.uniform(secondary))
        draw.secondaryRed = Self.signed(draw.secondaryRed, as: draw.primaryRed)
        draw.secondaryBlue = Self.signed(draw.secondaryBlue, as: draw.primaryBlue)
        let turn = mode == .redBlue ? -1.0 : 1
        if mode != .random {
            draw.primaryBlue = Self.signed(draw.primaryBlue, as: turn * draw.primaryRed)
            draw.secondaryBlue = Self.signed(draw.secondaryBlue, as: turn * draw.secondaryRed)
        }
        return draw
    }

    private static func signed(_ value: Double, as other: Double) -> Double { value * other < 0 ? -value : value }

    public func apply(_ draw: Draw, to image: inout Raster) {
        let side = (1..<32_767)
        guard image.channels == 3, side.contains(image.width), side.contains(image.height) else { return }
        image.asBytes { bytes in
            if interpolation.pointwise == .linear {
                bytes.modifyPixels {
                    apus_bend_channel(&$0, 0, Float(draw.primaryRed), Float(draw.secondaryRed))
                        && apus_bend_channel(&$0, 2, Float(draw.primaryBlue), Float(draw.secondaryBlue))
                }
            } else {
                var planes = bytes.planes()
                planes[0] = distorted(planes[0], draw.primaryRed, draw.secondaryRed)
                planes[2] = distorted(planes[2], draw.primaryBlue, draw.secondaryBlue)
                bytes = bytes.joined(planes)
            }
        }
    }

    /// By OpenCV, which has the other interpolations.
    private func distorted(_ plane: Raster, _ primary: Double, _ secondary: Double) -> Raster {
        let (width, height) = (plane.width, plane.height)
        var (x, y) = ([Float](repeating: 0, count: width * height), [Float](repeating: 0, count: width * height))
        for row in 0..<height {
            let v = (Float(row) - Float(height) / 2) / Float(height)
            for column in 0..<width {
                let u = (Float(column) - Float(width) / 2) / Float(width)
                let square = u * u + v * v
                let factor = 1 + Float(primary) * square + Float(secondary) * square * square
                x[row * width + column] = u * factor * Float(width) + Float(width) / 2
                y[row * width + column] = v * factor * Float(height) + Float(height) / 2
            }
        }
        return OpenCV.map(plane) { apus_cv_remap_plane($0, $1, x, y, Int32(interpolation.pointwise.rawValue)) }
    }
}
