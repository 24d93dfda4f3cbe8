import ApusConfiguration
import ApusCore
import CApusKernels

/// Sharpens where the image differs from its blur by more than a threshold, through a soft mask.
public struct UnsharpMask: PixelTransform {
    /// The blur's side is one of the odd numbers in this range.
    public var side = 3...7
    /// Of the blur; 0 derives it from the side.
    public var sigma = 0.0...0.0
    public var alpha = 0.2...0.5
    /// Of 255.
    public var threshold = 10

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.sides("blur_limit", &side)
        try parameters.range("sigma_limit", &sigma, single: .upTo(0), in: 0...64)
        try parameters.range("alpha", &alpha, single: .upTo(0), in: 0...1)
        try parameters.integer("threshold", &threshold, in: 0...255)
    }

    public struct Draw: Codable, Hashable, Sendable {
        public var side: Int
        public var sigma, alpha: Double
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> Draw? {
        let (side, sigma) = (stream.oddNumber(in: side), stream.uniform(sigma))
        return Draw(side: side, sigma: sigma, alpha: stream.uniform(alpha))
    }

    public func apply(_ draw: Draw, to image: inout Raster) {
        let weights = FilterKernel.gaussian(size: min(max(draw.side, 1), 255) | 1, sigma: draw.sigma).map { Float($0) }
        image.modifyPixels {
            apus_unsharp(&$0, weights, Int32(weights.count), Float(draw.alpha), Float(threshold) / 255)
        }
    }
}
