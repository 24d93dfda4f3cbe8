import ApusConfiguration
import ApusCore
import CApusKernels

/// Fills some channels, never all; images of as few channels as would be filled stay.
public struct ChannelDropout: PixelTransform {
    public var count = 1...1
    /// In the image's own units.
    public var fill = 0.0

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.range("channel_drop_range", &count, in: 1...4096)
        try parameters.number("fill", &fill)
    }

    /// The channels.
    public func draw(for sample: Sample, using stream: inout RandomStream) -> [Int]? {
        let channels = sample.image.channels
        guard channels > 1, count.upperBound < channels else { return nil }
        let chosen = stream.integer(count)
        return Array(stream.permutation(of: channels)[..<chosen])
    }

    public func apply(_ draw: [Int], to image: inout Raster) {
        let (pixels, channels) = (image.pixelCount, image.channels)
        let filled = (0..<channels).map(draw.contains)
        let (constant, identity) = (byteTable { _ in fill }, byteTable { $0 })
        let (scale, offset) = (filled.map { Float($0 ? 0 : 1) }, filled.map { Float($0 ? fill : 0) })
        image.map(filled.flatMap { $0 ? constant : identity }) {
            apus_scale_floats($0.baseAddress, pixels, Int32(channels), scale, offset, -.infinity, .infinity)
        }
    }
}
