import ApusCore

/// Mixes two images of a batch with each other, by mixup or by cutmix: both keep a place in the batch, and each gets
/// the share that the other gives away.
///
/// Zhang et al., *mixup*, <https://arxiv.org/abs/1710.09412>; Yun et al., *CutMix*, <https://arxiv.org/abs/1905.04899>.
public struct PairMixing: Hashable, Sendable {
    /// Both parameters of the Beta distribution that shares are drawn from; 0 for none.
    public var mixup, cutmix: Double
    /// Probability of mixing, and of cutmix where both are on.
    public var probability, switchProbability: Double

    public init(_ configuration: ClassificationAugmentation) {
        (mixup, cutmix) = (configuration.mixup, configuration.cutmix)
        (probability, switchProbability) = (configuration.mixProbability, configuration.switchProbability)
    }

    public var isActive: Bool { probability > 0 && (mixup > 0 || cutmix > 0) }

    public enum Draw: Hashable, Sendable {
        /// The part that each image keeps.
        case blend(Double)
        /// Exchanged between the images.
        case rectangle(PixelRectangle)
    }

    /// `nil` where the images stay as they are.
    public func draw(for size: ImageSize, using stream: inout RandomStream) -> Draw? {
        let (mixes, switches) = (stream.happens(probability), stream.happens(switchProbability))
        guard isActive, mixes else { return nil }
        guard cutmix > 0, mixup == 0 || switches else { return .blend(stream.beta(mixup)) }
        let side = (1 - stream.beta(cutmix)).squareRoot()
        let (width, height) = (Double(size.width) * side, Double(size.height) * side)
        let (x, y) = (stream.uniform(0, Double(size.width)), stream.uniform(0, Double(size.height)))
        let cut = PixelRectangle(
            left: Int((x - width / 2).rounded(.down)), top: Int((y - height / 2).rounded(.down)),
            width: Int(width), height: Int(height))
        return .rectangle(cut.clipped(to: size))
    }

    /// Mixes two images of one size where they lie; returns the share that each keeps of itself.
    public static func apply(_ draw: Draw, _ first: PixelView, _ second: PixelView) -> Float {
        switch draw {
        case .blend(let share):
            let kept = UInt16(min(max((share * 256).rounded(), 0), 256))
            blend(first, second, kept: kept)
            return Float(kept) / 256
        case .rectangle(let cut):
            exchange(cut, first, second)
            return 1 - Float(cut.width * cut.height) / Float(first.size.width * first.size.height)
        }
    }

    private static func blend(_ first: PixelView, _ second: PixelView, kept: UInt16) {
        let given = 256 - kept
        for index in 0..<first.byteCount {
            // At most 255 · 256: it fits.
            let (a, b) = (UInt16(first.base[index]), UInt16(second.base[index]))
            first.base[index] = UInt8(truncatingIfNeeded: (a &* kept &+ b &* given) >> 8)
            second.base[index] = UInt8(truncatingIfNeeded: (b &* kept &+ a &* given) >> 8)
        }
    }

    private static func exchange(_ cut: PixelRectangle, _ first: PixelView, _ second: PixelView) {
        let bytes = cut.width * first.channels
        for row in cut.top..<cut.top + cut.height {
            let start = row * first.rowBytes + cut.left * first.channels
            for index in start..<start + bytes { swap(&first.base[index], &second.base[index]) }
        }
    }
}
