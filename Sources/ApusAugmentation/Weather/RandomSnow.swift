import ApusConfiguration
import ApusCore
import CApusKernels

/// Snow: bleaches what is dark, or lays a texture with sparkles over the image. For RGB; others stay. Floats go through
/// bytes.
///
/// The texture's brightest values stay white; Albumentations lets them begin again at black.
public struct RandomSnow: RGBTransform {
    public enum Method: String, CaseIterable, Codable, Sendable { case bleach, texture }

    public var brightness = 2.5
    /// How much snow there is.
    public var amount = 0.1...0.3
    public var method = Method.bleach

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.number("brightness_coeff", &brightness, in: 1e-6...1e6)
        try parameters.range("snow_point_range", &amount, in: 0...1)
        try parameters.choice("method", &method)
    }

    public struct Draw: Codable, Hashable, Sendable {
        public var amount: Double
        /// Of the texture.
        public var seed: UInt64
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> Draw? {
        guard sample.image.channels == 3 else { return nil }
        let amount = stream.uniform(amount)
        return Draw(amount: amount, seed: stream.next())
    }

    public func apply(_ draw: Draw, to image: inout Raster) {
        guard image.channels == 3 else { return }
        image.asBytes { bytes in
            if method == .bleach {
                bleach(&bytes, draw.amount)
            } else {
                let (texture, sparkles) = Self.texture(seed: draw.seed, size: bytes.size)
                cover(&bytes, draw.amount, texture: texture, sparkles: sparkles)
            }
        }
    }

    private func bleach(_ image: inout Raster, _ amount: Double) {
        let (limit, pixels) = (amount * 255 / 2 + 255.0 / 3, image.pixelCount)
        let lightness = byteTable { $0 < limit ? $0 * brightness : $0 }
        image.modify(uint8: { apus_map_hls($0.baseAddress, pixels, lightness) }, float32: { _ in })
    }

    /// Around a half, blurred; and one pixel in a hundred.
    private static func texture(seed: UInt64, size: ImageSize) -> (Raster, [UInt32]) {
        let count = size.width * size.height
        let field = NoiseField(distribution: .normal(mean: 0.5, deviation: 0.3), seed: seed)
        var texture = Raster(size: size, channels: 1, float32: field.numbers(count, scale: 1))
        texture.blurGaussian(sigma: 1)
        let shares = NoiseField(distribution: .uniform(low: 0, high: 1), seed: ~seed).numbers(count, scale: 1)
        return (texture, shares.indices.filter { shares[$0] > 0.99 }.map { UInt32($0) })
    }

    /// Snow gets thinner towards the lower border.
    func cover(_ image: inout Raster, _ amount: Double, texture: Raster, sparkles: [UInt32]) {
        var texture = texture
        texture.blurGaussian(sigma: 1)
        let (width, height, pixels) = (image.width, image.height, image.pixelCount)
        texture.modify(
            uint8: { _ in },
            float32: { layer in
                for row in 0..<height {
                    let depth = height > 1 ? 1 - 0.8 * Double(row) / Double(height - 1) : 1
                    let scale = Float(depth * 255 * amount)
                    for index in row * width..<(row + 1) * width { layer[index] *= scale }
                }
            })
        let (gain, tint) = (Float(1 + brightness * amount), Float(0.15 * amount))
        texture.read(
            uint8: { _ in },
            float32: { layer in
                image.modify(
                    uint8: { apus_snow_hsv($0.baseAddress, pixels, layer.baseAddress, gain, tint) }, float32: { _ in })
            })
        image.set(sparkles[...], to: 255)
    }
}
