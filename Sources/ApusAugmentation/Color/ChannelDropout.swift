import ApusConfiguration
import ApusCore

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
        let channels = image.channels
        for channel in draw where (0..<channels).contains(channel) {
            image.modify(
                uint8: {
                    let value = UInt8(min(max(fill, 0), 255))
                    for index in stride(from: channel, to: $0.count, by: channels) { $0[index] = value }
                },
                float32: { for index in stride(from: channel, to: $0.count, by: channels) { $0[index] = Float(fill) } })
        }
    }
}
