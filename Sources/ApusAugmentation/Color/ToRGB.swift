import ApusConfiguration
import ApusCore

/// A grey image's channel, repeated; images of more than one channel stay.
public struct ToRGB: PixelTransform {
    public static let standardProbability = 1.0
    public var channels = 3

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.integer("num_output_channels", &channels, in: 1...64)
    }

    public func channels(after channels: Int) -> Int? {
        channels == 1 ? self.channels : channels == self.channels ? channels : nil
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> NoDraw? {
        sample.image.channels == 1 ? NoDraw() : nil
    }

    public func apply(_ draw: NoDraw, to image: inout Raster) {
        if image.channels == 1 { image = image.repeated(channels: channels) }
    }
}
