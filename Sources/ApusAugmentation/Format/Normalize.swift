import ApusConfiguration
import ApusCore
import CApusKernels

/// Floats of a chosen mean and deviation, or range.
public struct Normalize: PixelTransform {
    public static let standardProbability = 1.0

    public enum Method: String, CaseIterable, Codable, Sendable {
        /// By the given numbers.
        case standard
        /// By the image's own mean and deviation, or each channel's.
        case image
        case imagePerChannel = "image_per_channel"
        /// From the least to the largest value of the image, or of each channel.
        case minMax = "min_max"
        case minMaxPerChannel = "min_max_per_channel"

        var isPerChannel: Bool { self == .imagePerChannel || self == .minMaxPerChannel }
    }

    /// As fractions of `maximum`, for each channel or for all.
    public var mean = Fill([0.485, 0.456, 0.406])
    public var deviation = Fill([0.229, 0.224, 0.225])
    public var maximum: Double? = 255
    public var method = Method.standard

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.fill("mean", &mean)
        try parameters.fill("std", &deviation)
        try parameters.number("max_pixel_value", &maximum, in: 1e-6...1e12)
        try parameters.choice("normalization", &method)
        if deviation.values.contains(0) { throw parameters.problem("std", "expected numbers other than 0") }
        if maximum == nil, method == .standard {
            throw parameters.problem("max_pixel_value", "standard normalization needs one")
        }
    }

    public func apply(_ draw: NoDraw, to image: inout Raster) {
        guard method != .standard else {
            let scale = maximum ?? 255
            let (means, deviations) = (spread(mean, image.channels), spread(deviation, image.channels))
            return image.standardize(means.map { $0 * scale }, deviations.map { 1 / ($0 * scale) })
        }
        let statistics = image.statistics(isPerChannel: method.isPerChannel)
        let isRange = method == .minMax || method == .minMaxPerChannel
        image.standardize(
            statistics.map { isRange ? $0.least : $0.mean },
            statistics.map { 1 / ((isRange ? $0.largest - $0.least : $0.deviation) + 1e-4) })
        image.modify(
            uint8: { _ in }, float32: { apus_scale_floats($0.baseAddress, $0.count, 1, [1], [0], -20, 20) })
    }

    /// Fewer numbers than channels are the first one for all.
    private func spread(_ fill: Fill, _ channels: Int) -> [Double] {
        (0..<channels).map { fill[fill.values.count < channels ? 0 : $0] }
    }
}

/// Of a channel, or of all.
private struct Statistics {
    var mean = 0.0, deviation = 0.0, least = 0.0, largest = 0.0
}

extension Raster {
    /// Floats of `(element - mean[c]) · scale[c]`.
    fileprivate mutating func standardize(_ mean: [Double], _ scale: [Double]) {
        let (means, scales) = (mean.map { Float($0) }, scale.map { Float($0) })
        switch storage {
        case .uint8(let bytes):
            self = Raster(
                size: size, channels: channels,
                float32: {
                    apus_standardize_bytes(bytes, pixelCount, Int32(channels), means, scales, $0.baseAddress)
                })
        case .float32:
            let channels = channels
            modify(
                uint8: { _ in },
                float32: { floats in
                    for index in floats.indices {
                        floats[index] = (floats[index] - means[index % channels]) * scales[index % channels]
                    }
                })
        }
    }

    /// One for each channel; all the same unless `isPerChannel`.
    fileprivate func statistics(isPerChannel: Bool) -> [Statistics] {
        let each = read(uint8: { _ in countedStatistics(isPerChannel) }, float32: { floatStatistics($0, isPerChannel) })
        return isPerChannel ? each : (0..<channels).map { _ in each[0] }
    }

    private func countedStatistics(_ isPerChannel: Bool) -> [Statistics] {
        var counts = histograms()
        let count = isPerChannel ? channels : 1
        for index in counts.indices.dropFirst(256) where !isPerChannel { counts[index % 256] += counts[index] }
        return (0..<count).map { channel in
            let counts = counts[channel * 256..<channel * 256 + 256].map(Double.init)
            let total = counts.reduce(0, +)
            let mean = counts.indices.reduce(0) { $0 + Double($1) * counts[$1] } / total
            let variance =
                counts.indices.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) * counts[$1] } / total
            return Statistics(
                mean: mean, deviation: variance.squareRoot(), least: Double(counts.firstIndex { $0 > 0 } ?? 0),
                largest: Double(counts.lastIndex { $0 > 0 } ?? 0))
        }
    }

    private func floatStatistics(_ floats: UnsafeBufferPointer<Float>, _ isPerChannel: Bool) -> [Statistics] {
        (0..<(isPerChannel ? channels : 1)).map { channel in
            let places = stride(from: channel, to: floats.count, by: isPerChannel ? channels : 1)
            let count = Double(floats.count / (isPerChannel ? channels : 1))
            let mean = places.reduce(0.0) { $0 + Double(floats[$1]) } / count
            let variance = places.reduce(0.0) { $0 + (Double(floats[$1]) - mean) * (Double(floats[$1]) - mean) } / count
            let (least, largest) = places.reduce((Float.infinity, -Float.infinity)) {
                (min($0.0, floats[$1]), max($0.1, floats[$1]))
            }
            return Statistics(
                mean: mean, deviation: variance.squareRoot(), least: Double(least), largest: Double(largest))
        }
    }
}
