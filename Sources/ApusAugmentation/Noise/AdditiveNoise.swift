import ApusConfiguration
import ApusCore

/// Noise of a chosen distribution, added to channels, pixels or elements. Sizes are fractions of full intensity.
public struct AdditiveNoise: PixelTransform {
    public enum Kind: String, CaseIterable, Codable, Sendable { case uniform, gaussian, laplace, beta }

    /// What gets a number of its own.
    public enum Spread: String, CaseIterable, Codable, Sendable {
        /// A channel.
        case constant
        /// An element.
        case perPixel = "per_pixel"
        /// A pixel.
        case shared
    }

    public var kind = Kind.uniform
    public var spread = Spread.constant
    /// Of the distribution; by its names, in Albumentations' words. `nil` for the distribution's standard.
    public var ranges: [String: [ClosedRange<Double>]]?
    /// How finely noise is drawn, as a fraction of the image's sides; below 1 it is stretched.
    public var resolution = 1.0

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.choice("noise_type", &kind)
        try parameters.choice("spatial_mode", &spread)
        try parameters.number("approximation", &resolution, in: 0...1)
        let kind = kind
        var result = ranges
        try parameters.value(
            "noise_params",
            read: { node throws(ConfigurationError) in
                result = node.isNull ? nil : try Self.ranges(of: kind, node)
            }, write: { Self.node(result) })
        ranges = result
    }

    public struct Draw: Codable, Hashable, Sendable {
        /// For each channel a fraction of full intensity; empty where pixels or elements have their own.
        public var constants: [Double]
        /// The numbers of the distribution.
        public var numbers: [Double]
        /// Of the noise.
        public var seed: UInt64
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> Draw? {
        let channels = sample.image.channels
        if spread == .constant { return constants(channels, &stream) }
        let numbers =
            kind == .uniform
            ? [self[.uniform, "ranges"][0].lowerBound, self[.uniform, "ranges"][0].upperBound]
            : Self.names(of: kind).map { stream.uniform(self[kind, $0][0]) }
        return Draw(constants: [], numbers: numbers, seed: stream.next())
    }

    /// One number a channel; `nil` where there are ranges for some of the channels only.
    private func constants(_ channels: Int, _ stream: inout RandomStream) -> Draw? {
        var draw = Draw(constants: [], numbers: [], seed: stream.next())
        guard kind == .uniform else {
            draw.numbers = Self.names(of: kind).map { stream.uniform(self[kind, $0][0]) }
            draw.constants = field(draw).numbers(channels, scale: 1).map(Double.init)
            return draw
        }
        let ranges = self[.uniform, "ranges"]
        guard ranges.count == 1 || ranges.count >= channels else { return nil }
        draw.constants = (0..<channels).map { stream.uniform(ranges[ranges.count == 1 ? 0 : $0]) }
        return draw
    }

    public func apply(_ draw: Draw, to image: inout Raster) {
        if spread == .constant { return image.add(perChannel: draw.constants) }
        guard draw.numbers.count == Self.names(of: kind).count || kind == .uniform && draw.numbers.count == 2 else {
            return
        }
        image.add(field(draw), isShared: spread == .shared, resolution: resolution)
    }

    private func field(_ draw: Draw) -> NoiseField {
        let n = draw.numbers
        let distribution: NoiseField.Distribution =
            switch kind {
            case .uniform: .uniform(low: n[0], high: n[1])
            case .gaussian: .normal(mean: n[0], deviation: n[1])
            case .laplace: .laplace(mean: n[0], scale: n[1])
            case .beta: .beta(alpha: n[0], beta: n[1], scale: n[2])
            }
        return NoiseField(distribution: distribution, seed: draw.seed)
    }
}

// MARK: - The distributions' parameters

extension AdditiveNoise {
    /// In the order in which a draw holds them.
    private static func names(of kind: Kind) -> [String] {
        switch kind {
        case .uniform: ["ranges"]
        case .gaussian: ["mean_range", "std_range"]
        case .laplace: ["mean_range", "scale_range"]
        case .beta: ["alpha_range", "beta_range", "scale_range"]
        }
    }

    private static let standard: [Kind: [String: ClosedRange<Double>]] = [
        .uniform: ["ranges": -0.1...0.1],
        .gaussian: ["mean_range": 0...0, "std_range": 0.05...0.15],
        .laplace: ["mean_range": 0...0, "scale_range": 0.05...0.15],
        .beta: ["alpha_range": 0.5...1.5, "beta_range": 0.5...1.5, "scale_range": 0.1...0.3],
    ]

    private subscript(kind: Kind, name: String) -> [ClosedRange<Double>] {
        ranges?[name] ?? [Self.standard[kind]?[name] ?? 0...0]
    }

    private static func bounds(of name: String) -> ClosedRange<Double> {
        switch name {
        case "ranges", "mean_range": -1...1
        case "alpha_range", "beta_range": 0.001...1e6
        default: 0...1
        }
    }

    private static func ranges(
        of kind: Kind, _ node: YAMLNode
    ) throws(ConfigurationError) -> [String: [ClosedRange<Double>]] {
        var result: [String: [ClosedRange<Double>]] = [:]
        guard let entries = node.entries else { throw node.invalid("expected a mapping") }
        for entry in entries where entry.key != "noise_type" {
            guard names(of: kind).contains(entry.key) else {
                throw entry.value.invalid(
                    "'\(entry.key.prefix(60))' is no parameter of \(kind.rawValue) noise",
                    remedy: "expected \(names(of: kind).joined(separator: ", "))")
            }
            var list: [ClosedRange<Double>] = []
            let nodes = entry.key == "ranges" ? entry.value.elements ?? [] : [entry.value]
            for node in nodes { list.append(try node.range(single: .exactly, in: bounds(of: entry.key))) }
            guard !list.isEmpty else { throw entry.value.invalid("expected a list of [low, high]") }
            result[entry.key] = list
        }
        if let missing = names(of: kind).first(where: { result[$0] == nil }) {
            throw node.invalid("\(kind.rawValue) noise needs '\(missing)'")
        }
        return result
    }

    private static func node(_ ranges: [String: [ClosedRange<Double>]]?) -> YAMLNode {
        guard let ranges else { return .nothing }
        let entries = ranges.keys.sorted().map { name in
            let pairs = (ranges[name] ?? []).map { YAMLNode.list([.number($0.lowerBound), .number($0.upperBound)]) }
            return YAMLEntry(name, name == "ranges" ? .list(pairs) : pairs[0])
        }
        return YAMLNode(.mapping(entries))
    }
}
