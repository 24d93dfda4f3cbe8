import ApusConfiguration
import ApusVision

/// What a pipeline did to a sample: enough to do it again, to this sample or another. Codable.
public struct Replay: Codable, Sendable {
    public var applied: [AppliedTransform]

    public init(applied: [AppliedTransform]) { self.applied = applied }

    /// The sample changed as that one was.
    ///
    /// - Parameter source: where the other samples of mosaics and blends come from, by the same positions.
    public func callAsFunction<Failure>(
        _ sample: Sample, source: SampleSource<Failure>
    ) throws(Failure) -> Sample {
        var result = sample
        for transform in applied { try transform.apply(to: &result, source: source) }
        return result
    }

    public func callAsFunction(_ sample: Sample) -> Sample { self(sample, source: .none) }
}

/// A transform that was applied, and its draw.
public struct AppliedTransform: Sendable {
    /// A sample that took part, and what had been done to it before.
    public struct Partner: Codable, Sendable {
        public var position: Int
        public var applied: [AppliedTransform]

        public init(position: Int, applied: [AppliedTransform]) { (self.position, self.applied) = (position, applied) }
    }

    public var step: TransformStep
    public var draw: any Codable & Sendable
    /// The channels that it was applied to; all where `nil`.
    public var channels: [Int]?
    public var partners: [Partner]

    public var name: String { type(of: step.transform).name }
}

extension AppliedTransform {
    func apply<Failure>(to sample: inout Sample, source: SampleSource<Failure>) throws(Failure) {
        guard let channels else { return try apply(step.transform, to: &sample, source: source) }
        guard channels.allSatisfy((0..<sample.image.channels).contains), !channels.isEmpty else { return }
        var part = Sample(image: sample.image.channels(channels))
        try apply(step.transform, to: &part, source: source)
        _ = sample.image.replaceChannels(channels, by: part.image)
    }

    private func apply<T: Transform, Failure>(
        _ transform: T, to sample: inout Sample, source: SampleSource<Failure>
    ) throws(Failure) {
        guard let draw = draw as? T.Draw else { return }
        guard let mixing = transform as? any MixingTransform else { return transform.apply(draw, to: &sample) }
        try mix(mixing, into: &sample, source: source)
    }

    private func mix<T: MixingTransform, Failure>(
        _ transform: T, into sample: inout Sample, source: SampleSource<Failure>
    ) throws(Failure) {
        guard let draw = draw as? T.Draw else { return }
        var samples: [Sample] = []
        for partner in partners where (0..<source.count).contains(partner.position) {
            samples.append(try Replay(applied: partner.applied)(source.sample(partner.position), source: source))
        }
        transform.apply(draw, to: &sample, with: samples)
    }
}

extension AppliedTransform: Codable {
    private enum CodingKeys: String, CodingKey { case name, parameters, draw, channels, partners }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let name = try container.decode(String.self, forKey: .name)
        let parameters = try container.decode(YAMLNode.self, forKey: .parameters)
        step = try TransformStep(name: name, entries: parameters.entries ?? [], at: parameters.position, path: name)
        draw = try Self.draw(of: step.transform, container)
        channels = try container.decodeIfPresent([Int].self, forKey: .channels)
        partners = try container.decodeIfPresent([Partner].self, forKey: .partners) ?? []
    }

    private static func draw<T: Transform>(
        of transform: T, _ container: KeyedDecodingContainer<CodingKeys>
    ) throws -> any Codable & Sendable {
        try container.decode(T.Draw.self, forKey: .draw)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(YAMLNode(.mapping(step.parameters())), forKey: .parameters)
        let plain: any Encodable = draw
        try Self.write(plain, into: &container)
        try container.encodeIfPresent(channels, forKey: .channels)
        if !partners.isEmpty { try container.encode(partners, forKey: .partners) }
    }

    private static func write(
        _ draw: some Encodable, into container: inout KeyedEncodingContainer<CodingKeys>
    ) throws {
        try container.encode(draw, forKey: .draw)
    }
}
