import ApusConfiguration
import ApusCore
import Glibc

/// A Gaussian, borders mirrored.
public struct GaussianBlur: PixelTransform {
    /// The window's side, raised to the next odd number; 0 derives it from the deviation.
    public var side = 0...0
    /// The standard deviation in pixels is uniform in this range.
    public var sigma = 0.5...3.0

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.range("blur_limit", &side, single: .upTo(0), in: 0...255)
        try parameters.range("sigma_limit", &sigma, single: .upTo(0), in: 0...64)
    }

    public struct Draw: Codable, Hashable, Sendable {
        /// 0 derives it from the deviation.
        public var side: Int
        public var sigma: Double
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> Draw? {
        let sigma = stream.uniform(sigma)
        return Draw(side: stream.integer(side), sigma: sigma)
    }

    public func apply(_ draw: Draw, to image: inout Raster) {
        let sigma = min(max(draw.sigma, 1e-3), 64)
        let side = (draw.side == 0 ? Int(sigma * 3.5) * 2 + 1 : min(max(draw.side, 1), 255)) | 1
        let weights = FilterKernel.gaussian(size: side, sigma: sigma)
        image.filter(horizontal: weights, vertical: weights)
        image.clampFloats()
    }
}
