import ApusConfiguration
import ApusCore

/// Stretches each channel's values over the whole range; floats go through bytes.
public struct AutoContrast: PixelTransform {
    public enum Method: String, CaseIterable, Codable, Sendable {
        /// Values take the place of their share in the channel.
        case cdf
        /// Values between the darkest and the brightest are scaled.
        case pil
    }

    /// How many of the darkest and of the brightest pixels are left out, in percent.
    public var cutoff = 0.0
    /// A value that is not counted and stays; and the number of a channel that stays, as Albumentations has it.
    public var ignored: Int?
    public var method = Method.cdf

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.number("cutoff", &cutoff, in: 0...100)
        try parameters.integer("ignore", &ignored, in: 0...255)
        try parameters.choice("method", &method)
    }

    public func apply(_ draw: NoDraw, to image: inout Raster) {
        image.asBytes { bytes in
            let counts = bytes.histograms()
            let tables = (0..<bytes.channels).flatMap {
                table(channel: $0, Array(counts[($0 * 256)..<($0 * 256 + 256)]))
            }
            bytes.map(tables) { _ in }
        }
    }

    private func table(channel: Int, _ counts: [UInt32]) -> [UInt8] {
        let identity = (0..<256).map { UInt8($0) }
        var counts = counts.map(Double.init)
        // Albumentations' histogram ends before full intensity.
        counts[255] = 0
        if let ignored {
            if channel == ignored { return identity }
            counts[ignored] = 0
        }
        let (low, high) = bounds(counts)
        guard high > low else { return identity }
        var table = method == .cdf ? Self.shares(counts, low, high) : Self.stretched(low, high)
        if let ignored { table[ignored] = UInt8(ignored) }
        return table
    }

    /// The darkest and the brightest value that count.
    private func bounds(_ counts: [Double]) -> (Int, Int) {
        let total = counts.reduce(0, +)
        guard total > 0 else { return (0, 0) }
        guard cutoff > 0 else { return (counts.firstIndex { $0 > 0 } ?? 0, counts.lastIndex { $0 > 0 } ?? 0) }
        if counts.allSatisfy({ $0 == counts[0] }) { return (Int(256 * cutoff / 100), 255 - Int(256 * cutoff / 100)) }
        let cut = total * cutoff / 100
        let low = min((Self.firstIndex(reaching: cut, counts) ?? -1) + 1, 255)
        let high = Self.firstIndex(reaching: cut, counts.reversed()).map { 255 - $0 } ?? 255
        return low > high ? (127, 127) : (low, high)
    }

    private static func firstIndex(reaching limit: Double, _ counts: [Double]) -> Int? {
        var sum = 0.0
        return counts.firstIndex {
            sum += $0
            return sum >= limit
        }
    }

    private static func shares(_ counts: [Double], _ low: Int, _ high: Int) -> [UInt8] {
        var sums = counts
        for index in low..<high { sums[index + 1] += sums[index] }
        let (first, last) = (sums[low], sums[high])
        guard last > 0 else { return (0..<256).map { UInt8($0) } }
        return roundedTable { value in
            let value = Int(value)
            if value < low { return 0 }
            return value > high || last == first ? 255 : (sums[value] - first) * 255 / (last - first)
        }
    }

    private static func stretched(_ low: Int, _ high: Int) -> [UInt8] {
        roundedTable { ($0 - Double(low)) * 255 / Double(high - low) }
    }
}
