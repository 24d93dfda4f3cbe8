import ApusConfiguration
import ApusCore
import CApusKernels

/// Brightness and contrast that follow a fractal pattern. Numbers below 0 have no effect: Albumentations 2.0.8 clips the
/// pattern that it scaled by them.
public struct PlasmaBrightnessContrast: PixelTransform {
    public var brightness = -0.3...0.3
    public var contrast = -0.3...0.3
    /// Read for Albumentations' sake, which does not use it either: the pattern is as large as the image.
    public var patternSize = 256
    /// How noise grows from one scale of the pattern to the next.
    public var roughness = 3.0

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.range("brightness_range", &brightness, in: -1...1)
        try parameters.range("contrast_range", &contrast, in: -1...1)
        try parameters.integer("plasma_size", &patternSize, in: 1...1_000_000)
        try parameters.number("roughness", &roughness, in: 1e-6...100)
    }

    public struct Draw: Codable, Hashable, Sendable {
        public var brightness, contrast: Double
        /// Of the pattern.
        public var seed: UInt64
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> Draw? {
        let (brightness, contrast) = (stream.uniform(brightness), stream.uniform(contrast))
        return Draw(brightness: brightness, contrast: contrast, seed: stream.next())
    }

    public func apply(_ draw: Draw, to image: inout Raster) {
        guard draw.brightness > 0 || draw.contrast > 0 else { return }
        apply(draw, pattern: plasma(seed: draw.seed, size: image.size, roughness: roughness), to: &image)
    }

    func apply(_ draw: Draw, pattern: [Float], to image: inout Raster) {
        let (pixels, channels) = (image.pixelCount, Int32(image.channels))
        image.asFloats { image in
            image.modify(
                uint8: { _ in },
                float32: {
                    apus_pattern_contrast(
                        $0.baseAddress, pixels, channels, pattern, Float(draw.brightness), Float(draw.contrast))
                })
        }
    }
}
