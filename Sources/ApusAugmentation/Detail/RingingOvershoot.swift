import ApusConfiguration
import ApusCore
import Glibc

/// Rings around edges: an ideal low-pass filter, cut to a window.
public struct RingingOvershoot: PixelTransform {
    /// The window's side is one of the odd numbers in this range.
    public var side = 7...15
    /// In radians a pixel.
    public var cutoff = Double.pi / 4...Double.pi / 2

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.sides("blur_limit", &side, atMost: 63)
        try parameters.range("cutoff", &cutoff, in: 0...Double.pi)
    }

    public struct Draw: Codable, Hashable, Sendable {
        public var side: Int
        public var cutoff: Double
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> Draw? {
        let side = stream.oddNumber(in: side)
        return Draw(side: side, cutoff: stream.uniform(cutoff))
    }

    public func apply(_ draw: Draw, to image: inout Raster) {
        let cutoff = draw.cutoff
        guard cutoff > 0, cutoff < 100 else { return }
        let kernel = FilterKernel(side: min(max(draw.side, 1), 63) | 1) { x, y in
            let distance = Double(x * x + y * y).squareRoot()
            return distance == 0
                ? cutoff * cutoff / (4 * .pi) : cutoff * j1(cutoff * distance) / (2 * .pi * distance)
        }
        image.filter(kernel.normalized)
    }
}
