import ApusConfiguration
import ApusCore
import CApusKernels
import Glibc

/// Light that falls off along a line, from a corner, or around a place.
public struct Illumination: PixelTransform {
    public enum Mode: String, CaseIterable, Codable, Sendable { case linear, corner, gaussian }
    public enum Effect: String, CaseIterable, Codable, Sendable { case brighten, darken, both }

    public var mode = Mode.linear
    public var intensity = 0.01...0.2
    public var effect = Effect.both
    /// Of a line, in degrees.
    public var angle = 0.0...360.0
    /// Of a place, as fractions of width and height.
    public var center = 0.1...0.9
    /// Of a place, as a fraction of the longer side.
    public var sigma = 0.2...1.0

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.choice("mode", &mode)
        try parameters.range("intensity_range", &intensity, in: 0.01...0.2)
        try parameters.choice("effect_type", &effect)
        try parameters.range("angle_range", &angle, in: 0...360)
        try parameters.range("center_range", &center, in: 0...1)
        try parameters.range("sigma_range", &sigma, in: 0.2...1)
    }

    public struct Draw: Codable, Hashable, Sendable {
        /// Below 0 darkens.
        public var intensity: Double
        /// In degrees.
        public var angle: Double
        /// From the upper left, clockwise.
        public var corner: Int
        public var centerX, centerY, sigma: Double
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> Draw? {
        let strength = stream.uniform(intensity)
        let brightens = effect == .brighten || (effect == .both && stream.happens(0.5))
        return Draw(
            intensity: brightens ? strength : -strength, angle: stream.uniform(angle), corner: stream.index(below: 4),
            centerX: stream.uniform(center), centerY: stream.uniform(center), sigma: stream.uniform(sigma))
    }

    public func apply(_ draw: Draw, to image: inout Raster) {
        let factors = factors(draw, width: image.width, height: image.height)
        image.multiply(pixels: factors, rounds: mode == .linear)
    }

    /// A factor for each pixel.
    private func factors(_ draw: Draw, width: Int, height: Int) -> [Float] {
        switch mode {
        case .linear: Self.line(draw, width, height)
        case .corner: Self.corner(draw, width, height)
        case .gaussian: Self.place(draw, width, height)
        }
    }

    /// From `1 - intensity` to `1 + intensity` along the angle; at multiples of 45° the ends are the image's corners.
    private static func line(_ draw: Draw, _ width: Int, _ height: Int) -> [Float] {
        let (strength, radians) = (Float(abs(draw.intensity)), draw.angle * .pi / 180)
        var (c, s) = (Float(cos(radians)), Float(sin(radians)))
        var start: Float = 0
        if draw.angle.truncatingRemainder(dividingBy: 45) == 0 {
            // The sum of both axes runs from 0 to 1 over the whole image.
            (c, s) = (c.rounded(.toNearestOrAwayFromZero), s.rounded(.toNearestOrAwayFromZero))
            let span = abs(c) + abs(s)
            (c, s) = (c / span, s / span)
            start = -min(c, 0) - min(s, 0)
            if draw.angle == 360 { start = 0 }
        }
        if draw.intensity < 0 { (start, c, s) = (1 - start, -c, -s) }
        let (x, y) = (Float(max(width - 1, 1)), Float(max(height - 1, 1)))
        return plane(width, height) { column, row in
            1 - strength + 2 * strength * (start + c * Float(column) / x + s * Float(row) / y)
        }
    }

    private static func corner(_ draw: Draw, _ width: Int, _ height: Int) -> [Float] {
        let cornerX = [1, 2].contains(draw.corner) ? width - 1 : 0
        let cornerY = draw.corner >= 2 ? height - 1 : 0
        let scale = Float(draw.intensity) / Float(width * width + height * height).squareRoot()
        return plane(width, height) { column, row in
            let (dx, dy) = (Float(column - cornerX), Float(row - cornerY))
            return 1 - scale * (dx * dx + dy * dy).squareRoot()
        }
    }

    private static func place(_ draw: Draw, _ width: Int, _ height: Int) -> [Float] {
        let deviation = Double(max(width, height)) * max(draw.sigma, 1e-3)
        func falloff(_ count: Int, _ center: Double) -> [Float] {
            (0..<count).map {
                let distance = Double($0) - center
                return Float(exp(-distance * distance / (2 * deviation * deviation)))
            }
        }
        let (x, y) = (falloff(width, Double(width) * draw.centerX), falloff(height, Double(height) * draw.centerY))
        return plane(width, height) { 1 + Float(draw.intensity) * x[$0] * y[$1] }
    }

    @inline(__always)
    private static func plane(_ width: Int, _ height: Int, _ factor: (Int, Int) -> Float) -> [Float] {
        [Float](unsafeUninitializedCapacity: width * height) { factors, count in
            for row in 0..<height { for column in 0..<width { factors[row * width + column] = factor(column, row) } }
            count = width * height
        }
    }
}

extension Raster {
    /// Every channel of a pixel times the pixel's factor, clamped; bytes are rounded, or else cut.
    mutating func multiply(pixels factors: [Float], rounds: Bool) {
        let (pixels, channels) = (pixelCount, Int32(channels))
        precondition(factors.count == pixels)
        modify(
            uint8: { apus_multiply_plane_bytes($0.baseAddress, pixels, channels, factors, rounds) },
            float32: { apus_multiply_plane_floats($0.baseAddress, pixels, channels, factors) })
    }
}
