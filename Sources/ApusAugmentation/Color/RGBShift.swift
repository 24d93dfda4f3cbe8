import ApusConfiguration
import ApusCore

/// Adds a number to each channel. For up to 3 channels; others stay.
public struct RGBShift: PixelTransform {
    /// Of 255, or fractions of full intensity where no bound is beyond 1.
    public var red = -20.0...20.0
    public var green = -20.0...20.0
    public var blue = -20.0...20.0

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.range("r_shift_limit", &red, in: -255...255)
        try parameters.range("g_shift_limit", &green, in: -255...255)
        try parameters.range("b_shift_limit", &blue, in: -255...255)
        parameters.skip("approximation", "noise_params", "noise_type", "spatial_mode")
    }

    public func channels(after channels: Int) -> Int? { channels <= 3 ? channels : nil }

    /// For each channel a fraction of full intensity.
    public func draw(for sample: Sample, using stream: inout RandomStream) -> [Double]? {
        guard sample.image.channels <= 3 else { return nil }
        return [red, green, blue][..<sample.image.channels].map { limit in
            let isWhole = abs(limit.lowerBound) > 1 || abs(limit.upperBound) > 1
            return stream.uniform(limit) / (isWhole ? 255 : 1)
        }
    }

    public func apply(_ draw: [Double], to image: inout Raster) { image.add(perChannel: draw) }
}

extension Raster {
    /// Adds to each channel a fraction of full intensity, to bytes a whole number.
    mutating func add(perChannel shares: [Double]) {
        guard shares.count == channels else { return }
        let added = shares.map { isFloat ? $0 : ($0 * 255).rounded(.towardZero) }
        scale([Double](repeating: 1, count: channels), offset: added)
    }
}
