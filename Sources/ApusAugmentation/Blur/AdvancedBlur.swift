import ApusConfiguration
import ApusCore
import Glibc

/// A turned, generalized Gaussian with noise in its weights.
///
/// Wang et al., *Real-ESRGAN*, <https://arxiv.org/abs/2107.10833>.
public struct AdvancedBlur: PixelTransform {
    /// The window's side is one of the odd numbers in this range.
    public var side = 3...7
    public var sigmaX = 0.2...1.0
    public var sigmaY = 0.2...1.0
    /// In degrees.
    public var angle = -90.0...90.0
    /// Below 1 flatter than a Gaussian's, above 1 steeper.
    public var beta = 0.5...8.0
    /// Each weight is multiplied by a number in this range.
    public var noise = 0.9...1.1

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.sides("blur_limit", &side, atMost: 63)
        try parameters.range("sigma_x_limit", &sigmaX, single: .upTo(0), in: 0...64)
        try parameters.range("sigma_y_limit", &sigmaY, single: .upTo(0), in: 0...64)
        try parameters.range("rotate_limit", &angle, in: -360...360)
        try parameters.range("beta_limit", &beta, single: .upTo(0), in: 0...64)
        try parameters.range("noise_limit", &noise, single: .upTo(0), in: 0...64)
        guard beta.lowerBound < 1, beta.upperBound > 1 else {
            throw parameters.problem("beta_limit", "expected 1 to lie within, found \(beta)")
        }
    }

    public struct Draw: Codable, Hashable, Sendable {
        public var side: Int
        public var sigmaX, sigmaY: Double
        /// In degrees.
        public var angle: Double
        public var beta: Double
        /// Of the noise.
        public var seed: UInt64
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> Draw? {
        let side = stream.oddNumber(in: side)
        let (x, y, angle) = (stream.uniform(sigmaX), stream.uniform(sigmaY), stream.uniform(angle))
        let beta = stream.happens(0.5) ? stream.uniform(beta.lowerBound, 1) : stream.uniform(1, beta.upperBound)
        return Draw(side: side, sigmaX: x, sigmaY: y, angle: angle, beta: beta, seed: stream.next())
    }

    public func apply(_ draw: Draw, to image: inout Raster) {
        let kernel = kernel(draw)
        let sum = kernel.weights.reduce(0, +)
        if sum > 0, sum.isFinite { image.filter(kernel.normalized) }
    }

    private func kernel(_ draw: Draw) -> FilterKernel {
        var stream = RandomStream(seed: draw.seed)
        let (x, y) = (max(draw.sigmaX, 1e-3), max(draw.sigmaY, 1e-3))
        let (c, s) = (cos(draw.angle * .pi / 180), sin(draw.angle * .pi / 180))
        // The inverse of the turned covariance.
        let (xx, yy) = (c * c / (x * x) + s * s / (y * y), s * s / (x * x) + c * c / (y * y))
        let xy = c * s * (1 / (x * x) - 1 / (y * y))
        return FilterKernel(side: min(max(draw.side, 1), 63) | 1) { dx, dy in
            let (dx, dy) = (Double(dx), Double(dy))
            let distance = xx * dx * dx + 2 * xy * dx * dy + yy * dy * dy
            return exp(-0.5 * pow(max(distance, 0), draw.beta)) * stream.uniform(noise)
        }
    }
}
