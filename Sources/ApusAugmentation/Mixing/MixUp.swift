import ApusConfiguration
import ApusCore
import ApusVision

/// Blends two samples and keeps what is marked in both; their classes have the shares that the pictures have.
///
/// Zhang et al., *mixup: Beyond Empirical Risk Minimization*, <https://arxiv.org/abs/1710.09412>. The partner is fitted
/// into the picture whole.
public struct MixUp: MixingTransform {
    /// Both parameters of the Beta distribution that the first picture's share is drawn from.
    public var concentration = 32.0
    public var fill = Fill([114])

    public typealias Draw = Double

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.number("alpha", &concentration, in: 0.01...1000)
        try parameters.fill("fill", &fill)
    }

    public var partnerCount: Int { 1 }

    /// The share of the first picture.
    public func draw(for sample: Sample, partners: [Sample], using stream: inout RandomStream) -> Double? {
        partners.isEmpty ? nil : stream.beta(concentration)
    }

    public func apply(_ draw: Double, to sample: inout Sample, with partners: [Sample]) {
        guard let partner = partners.first, (0...1).contains(draw) else { return }
        let other = partner.contained(in: sample.size, Sample.Filling(image: fill))
        sample.image.blend(other.image.converted(like: sample.image), share: draw)
        sample.joinMasks(other) { $0.takeMaximum($1) }
        sample.joinLabels(other, share: Float(draw))
        sample.join(other)
    }
}

extension Sample {
    /// The classes of both, weighed by their parts of the picture.
    mutating func joinLabels(_ other: Sample, share: Float) {
        var shares: [Int: Float] = [:]
        for label in labels { shares[label.label, default: 0] += label.share * share }
        for label in other.labels { shares[label.label, default: 0] += label.share * (1 - share) }
        labels = shares.sorted { $0.key < $1.key }.map { ImageLabel($0.key, share: $0.value) }
    }
}
