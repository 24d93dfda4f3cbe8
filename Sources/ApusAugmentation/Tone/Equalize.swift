import ApusConfiguration
import ApusCore
import CApusOpenCV

/// Evens the histogram out; floats go through bytes. For 1 or 3 channels; others stay.
public struct Equalize: PixelTransform {
    public enum Mode: String, CaseIterable, Codable, Sendable {
        /// As OpenCV's `equalizeHist`.
        case cv
        /// As Pillow's `equalize`.
        case pil
    }

    public var mode = Mode.cv
    /// Each channel by itself, or the luma alone.
    public var isPerChannel = true

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.choice("mode", &mode)
        try parameters.flag("by_channels", &isPerChannel)
        try Self.nothing("mask", &parameters)
        try Self.nothing("mask_params", &parameters)
    }

    /// Only what stands for no mask: a pipeline's file cannot hold one.
    private static func nothing(_ key: String, _ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.value(
            key,
            read: { node throws(ConfigurationError) in
                if !node.isNull && node.elements?.isEmpty != true { throw node.invalid("masks are not supported here") }
            }, write: { key == "mask" ? .nothing : .list([]) })
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> NoDraw? {
        [1, 3].contains(sample.image.channels) ? NoDraw() : nil
    }

    public func apply(_ draw: NoDraw, to image: inout Raster) {
        guard [1, 3].contains(image.channels) else { return }
        image.asBytes { bytes in
            if bytes.channels == 3 && !isPerChannel {
                let luma = OpenCV.map(bytes, channels: 1) { apus_cv_luma($0, $1) }
                let table = table(luma.histograms()[...])
                bytes = OpenCV.map(bytes) { apus_cv_equalize_luma($0, $1, table) }
            } else {
                let counts = bytes.histograms()
                bytes.map((0..<bytes.channels).flatMap { table(counts[($0 * 256)..<($0 * 256 + 256)]) }) { _ in }
            }
        }
    }

    private func table(_ counts: ArraySlice<UInt32>) -> [UInt8] {
        let counts = counts.map(Double.init)
        guard let first = counts.firstIndex(where: { $0 > 0 }), let last = counts.lastIndex(where: { $0 > 0 }),
            first < last
        else { return (0..<256).map { UInt8($0) } }
        let total = counts.reduce(0, +)
        return mode == .cv
            ? Self.openCV(counts, from: first, total: total) : Self.pillow(counts, steps: total - counts[last])
    }

    private static func openCV(_ counts: [Double], from first: Int, total: Double) -> [UInt8] {
        let scale = Float(255) / Float(total - counts[first])
        var sum = -counts[first]
        return counts.indices.map { value in
            sum += counts[value]
            return value <= first ? 0 : UInt8(min(max((Float(sum) * scale).rounded(.toNearestOrEven), 0), 255))
        }
    }

    private static func pillow(_ counts: [Double], steps: Double) -> [UInt8] {
        let step = (steps / 255).rounded(.down)
        guard step > 0 else { return (0..<256).map { UInt8($0) } }
        var sum = 0.0
        return counts.map {
            sum += $0
            return UInt8(min(((sum + (step / 2).rounded(.down)) / step).rounded(.down), 255))
        }
    }
}
