import ApusConfiguration
import ApusCore

/// Scales down and back up. Floats go through bytes.
public struct Downscale: PixelTransform {
    public var scale = 0.25...0.25
    public var down = Resampling.nearest
    public var up = Resampling.nearest

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.range("scale_range", &scale, in: 0...1)
        var (down, up) = (down, up)
        try parameters.value(
            "interpolation_pair",
            read: { node throws(ConfigurationError) in
                var pair = Parameters(reading: node.entries ?? [], at: node.position, path: "")
                try pair.code("upscale", &up)
                try pair.code("downscale", &down)
                try pair.finish()
            },
            write: {
                let entries = [("upscale", up), ("downscale", down)].map { YAMLEntry($0, .integer($1.rawValue)) }
                return YAMLNode(.mapping(entries))
            })
        (self.down, self.up) = (down, up)
    }

    /// The scale.
    public func draw(for sample: Sample, using stream: inout RandomStream) -> Double? { stream.uniform(scale) }

    public func apply(_ draw: Double, to image: inout Raster) {
        let (size, longest) = (image.size, Double(max(image.width, image.height)))
        let scale = min(max(draw, 1 / longest), 1)
        image.asBytes { bytes in
            // A side of half a pixel would round to none.
            guard min(Double(size.width), Double(size.height)) * scale > 0.5 else { return }
            bytes = bytes.resampled(by: scale, down).resampled(to: size, up)
        }
    }
}
