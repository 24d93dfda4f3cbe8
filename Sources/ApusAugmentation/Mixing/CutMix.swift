import ApusConfiguration
import ApusCore
import ApusVision

/// Replaces a rectangle by the same rectangle of another sample, with what is marked there.
///
/// Yun et al., *CutMix: Regularization Strategy to Train Strong Classifiers*, <https://arxiv.org/abs/1905.04899>. The
/// partner is fitted into the picture whole. A box that the rectangle cuts shrinks to what is left of it.
public struct CutMix: MixingTransform {
    /// Both parameters of the Beta distribution that the first picture's share is drawn from.
    public var concentration = 1.0
    public var fill = Fill([114])

    public typealias Draw = PixelRectangle

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.number("alpha", &concentration, in: 0.01...1000)
        try parameters.fill("fill", &fill)
    }

    public var partnerCount: Int { 1 }

    public func draw(for sample: Sample, partners: [Sample], using stream: inout RandomStream) -> PixelRectangle? {
        guard !partners.isEmpty else { return nil }
        let side = (1 - stream.beta(concentration)).squareRoot()
        let (width, height) = (Double(sample.size.width) * side, Double(sample.size.height) * side)
        let center = Point(stream.uniform(0, Double(sample.size.width)), stream.uniform(0, Double(sample.size.height)))
        let (left, top) = (Int(center.x - width / 2), Int(center.y - height / 2))
        return PixelRectangle(left: left, top: top, width: Int(width), height: Int(height)).clipped(to: sample.size)
    }

    public func apply(_ draw: PixelRectangle, to sample: inout Sample, with partners: [Sample]) {
        let cut = draw.clipped(to: sample.size)
        guard let partner = partners.first, !cut.isEmpty else { return }
        let whole = partner.contained(in: sample.size, Sample.Filling(image: fill))
        sample.image.copy(cut, of: whole.image.converted(like: sample.image), toLeft: cut.left, top: cut.top)
        sample.joinMasks(whole) { $0.copy(cut, of: $1, toLeft: cut.left, top: cut.top) }
        sample.cover(cut, by: Self.name)
        sample.join(whole.kept(in: cut))
        sample.joinLabels(partner, share: Float(1 - cut.size.area / sample.size.area))
    }
}
