import ApusConfiguration
import ApusCore
import CApusKernels

/// Sharpens by the Laplacian, or by what a Gaussian takes away.
public struct Sharpen: PixelTransform {
    public enum Method: String, CaseIterable, Codable, Sendable { case kernel, gaussian }

    /// The sharpened image's share.
    public var alpha = 0.2...0.5
    /// Of the Laplacian's middle, beyond 8.
    public var lightness = 0.5...1.0
    public var method = Method.kernel
    /// Of the Gaussian.
    public var side = 5
    public var sigma = 1.0

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.range("alpha", &alpha, in: 0...1)
        try parameters.range("lightness", &lightness, in: 0...1e3)
        try parameters.choice("method", &method)
        try parameters.integer("kernel_size", &side, in: 3...255)
        side |= 1
        try parameters.number("sigma", &sigma, in: 1e-3...64)
    }

    public struct Draw: Codable, Hashable, Sendable {
        public var alpha, lightness: Double
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> Draw? {
        let alpha = stream.uniform(alpha)
        return Draw(alpha: alpha, lightness: stream.uniform(lightness))
    }

    public func apply(_ draw: Draw, to image: inout Raster) {
        if method == .gaussian { return applyGaussian(draw.alpha, to: &image) }
        let middle = 1 - draw.alpha + draw.alpha * (8 + draw.lightness)
        image.filter(FilterKernel(side: 3) { x, y in x == 0 && y == 0 ? middle : -draw.alpha })
    }

    /// Differences from the blurred image, of bytes within bytes (below 0 they begin again at 255), as Albumentations
    /// has them.
    private func applyGaussian(_ alpha: Double, to image: inout Raster) {
        var blurred = image
        let weights = FilterKernel.gaussian(size: side, sigma: sigma)
        blurred.filter(horizontal: weights, vertical: weights)
        image = image.combined(
            blurred, uint8: { UInt8(min(max(Double($0) + alpha * Double($0 &- $1), 0), 255)) },
            float32: { min(max($0 + Float(alpha) * ($0 - $1), 0), 1) })
    }
}

extension Raster {
    /// Each element with the one at its place in a raster of the same kind and size.
    func combined(
        _ other: Raster, uint8: (UInt8, UInt8) -> UInt8, float32: (Float, Float) -> Float
    ) -> Raster {
        var result = self
        other.read(
            uint8: { second in
                result.modify(uint8: { for i in $0.indices { $0[i] = uint8($0[i], second[i]) } }, float32: { _ in })
            },
            float32: { second in
                result.modify(uint8: { _ in }, float32: { for i in $0.indices { $0[i] = float32($0[i], second[i]) } })
            })
        return result
    }
}
