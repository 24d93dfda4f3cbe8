import ApusConfiguration
import ApusCore
import CApusKernels

/// The mean of zooms into the middle: a camera that moved while its shutter was open.
public struct ZoomBlur: PixelTransform {
    public var largest = 1.0...1.31
    public var step = 0.01...0.03

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.range("max_factor", &largest, single: .upTo(1), in: 1...16)
        try parameters.range("step_factor", &step, single: .upTo(0), in: 0...16)
        guard step.lowerBound > 0 else { throw parameters.problem("step_factor", "expected more than 0") }
    }

    /// Zooms from 1 to below `largest`.
    public struct Draw: Codable, Hashable, Sendable {
        public var largest, step: Double
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> Draw? {
        let step = stream.uniform(step)
        return Draw(largest: max(1 + step, stream.uniform(largest)), step: step)
    }

    public func apply(_ draw: Draw, to image: inout Raster) {
        let (largest, step) = (min(max(draw.largest, 1), 32), max(draw.step, 0.001))
        let count = max(Int(((largest - 1) / step).rounded(.up)), 1)
        let factors = (0..<min(count, 4096)).map { 1 + Double($0) * step }
        image.modifyPixels { apus_zoom_mean(&$0, factors, Int32(factors.count)) }
    }
}
