import ApusConfiguration
import ApusCore
import CApusKernels

/// Makes some pixels white and some black.
public struct SaltAndPepper: PixelTransform {
    /// The share of the pixels.
    public var amount = 0.01...0.06
    /// The white ones' share of these.
    public var salt = 0.4...0.6

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.range("amount", &amount, in: 0...1)
        try parameters.range("salt_vs_pepper", &salt, in: 0...1)
    }

    public struct Draw: Codable, Hashable, Sendable {
        /// How many pixels of either kind.
        public var salt, pepper: Int
        /// Of the places.
        public var seed: UInt64
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> Draw? {
        let count = Int(Double(sample.size.width * sample.size.height) * stream.uniform(amount))
        let white = Int(Double(count) * stream.uniform(salt))
        return Draw(salt: white, pepper: count - white, seed: stream.next())
    }

    public func apply(_ draw: Draw, to image: inout Raster) {
        let pixels = image.pixelCount
        let salt = min(max(draw.salt, 0), pixels)
        let count = salt + min(max(draw.pepper, 0), pixels - salt)
        guard pixels <= Int(UInt32.max) else { return }
        var taken = [UInt8](repeating: 0, count: (pixels + 7) / 8)
        let places = [UInt32](unsafeUninitializedCapacity: count) {
            apus_distinct_places(draw.seed, UInt32(pixels), UInt32(count), &taken, $0.baseAddress)
            $1 = count
        }
        image.set(places[..<salt], to: image.maximum)
        image.set(places[salt...], to: 0)
    }
}

extension Raster {
    /// Sets all channels of pixels.
    mutating func set(_ places: ArraySlice<UInt32>, to value: Double) {
        let channels = Int32(channels)
        places.withUnsafeBufferPointer { places in
            modify(
                uint8: {
                    var byte = UInt8(value)
                    apus_set_pixels($0.baseAddress, 1, channels, places.baseAddress, places.count, &byte)
                },
                float32: {
                    var float = Float(value)
                    apus_set_pixels($0.baseAddress, 4, channels, places.baseAddress, places.count, &float)
                })
        }
    }
}
