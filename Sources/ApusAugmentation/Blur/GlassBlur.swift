import ApusConfiguration
import ApusCore
import CApusKernels

/// Frosted glass: blurred, every pixel exchanged with one near it, and blurred again.
public struct GlassBlur: PixelTransform {
    /// How exchanges follow each other.
    public enum Mode: String, CaseIterable, Codable, Sendable {
        /// All of an iteration at once.
        case fast
        /// One after another.
        case exact
    }

    public var sigma = 0.7
    /// The farthest that a pixel goes.
    public var reach = 4
    public var iterations = 2
    public var mode = Mode.fast

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.number("sigma", &sigma, in: 0...64)
        try parameters.integer("max_delta", &reach, in: 1...100)
        try parameters.integer("iterations", &iterations, in: 1...100)
        try parameters.choice("mode", &mode)
    }

    /// The seed of the exchanges.
    public func draw(for sample: Sample, using stream: inout RandomStream) -> UInt64? { stream.next() }

    public func apply(_ draw: UInt64, to image: inout Raster) {
        scatter(&image) { apus_scatter(&$0, draw, Int32(reach), Int32(iterations), mode == .exact) }
    }

    /// The blurs around `exchange`.
    func scatter(_ image: inout Raster, by exchange: (inout apus_pixels) -> Bool) {
        image.blurGaussian(sigma: sigma)
        image.modifyPixels(exchange)
        image.blurGaussian(sigma: sigma)
    }
}
