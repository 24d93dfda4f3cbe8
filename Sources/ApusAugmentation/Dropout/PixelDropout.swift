import ApusConfiguration
import ApusCore
import ApusVision
import Glibc

/// Fills single pixels, each with the same probability.
public struct PixelDropout: SpatialTransform {
    public var probability = 0.01
    /// Whether each channel has draws of its own.
    public var isPerChannel = false
    /// `nil` is random.
    public var fill: Fill? = Fill.zero
    /// `nil` leaves masks alone.
    public var maskFill: Fill?

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.number("dropout_prob", &probability, in: 0...1)
        try parameters.flag("per_channel", &isPerChannel)
        try parameters.optionalFill("drop_value", &fill)
        try parameters.optionalFill("mask_drop_value", &maskFill)
    }

    /// The seed.
    public func draw(for sample: Sample, using stream: inout RandomStream) -> UInt64? { stream.next() }

    public func apply(_ draw: UInt64, to image: inout Raster) { drop(&image, draw, fill) }

    public func apply(_ draw: UInt64, toMask mask: inout Raster) {
        guard let maskFill else { return }
        drop(&mask, ~draw, maskFill)
    }

    public func apply(_ draw: UInt64, to point: Point, in size: ImageSize) -> Point { point }

    private func drop(_ raster: inout Raster, _ seed: UInt64, _ fill: Fill?) {
        var stream = RandomStream(seed: seed)
        let (channels, count) = (raster.channels, raster.width * raster.height)
        let color = fill ?? Fill((0..<channels).map { _ in stream.uniform(0, raster.maximum) })
        let pixel = raster.pixel(color)
        let element = raster.pixelBytes / channels
        let (units, size) = isPerChannel ? (count * channels, element) : (count, element * channels)
        raster.modifyBytes { buffer in
            guard let base = buffer.baseAddress else { return }
            pixel.withUnsafeBytes { pixel in
                guard let colors = pixel.baseAddress else { return }
                Gaps(probability: probability).forEach(below: units, &stream) { unit in
                    let color = isPerChannel ? colors + unit % channels * element : colors
                    (base + unit * size).copyMemory(from: color, byteCount: size)
                }
            }
        }
    }
}

/// Independent events of one probability, from one to the next: the gaps are geometrically distributed.
private struct Gaps {
    private let probability: Double
    private let scale: Float

    init(probability: Double) {
        self.probability = probability
        scale = Float(1 / log(1 - min(probability, 1 - 1e-12)))
    }

    func forEach(below count: Int, _ stream: inout RandomStream, _ body: (Int) -> Void) {
        guard probability > 0 else { return }
        guard probability < 1 else { return (0..<count).forEach(body) }
        var place = -1
        while true {
            let gap = logf(1 - stream.uniform()) * scale
            guard gap < Float(count) else { return }
            place += 1 + Int(gap)
            guard place < count else { return }
            body(place)
        }
    }
}

extension Parameters {
    /// A fill; `null` in the file is `nil`.
    mutating func optionalFill(_ key: String, _ value: inout Fill?) throws(ConfigurationError) {
        try self.value(
            key, &value, read: { node throws(ConfigurationError) in node.isNull ? nil : try node.fill() },
            write: { $0.map(YAMLNode.fill) ?? .nothing })
    }
}
