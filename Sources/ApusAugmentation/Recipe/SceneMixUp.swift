import ApusCore

/// Blends two images and keeps the boxes of both.
///
/// Zhang et al., *mixup: Beyond Empirical Risk Minimization*, <https://arxiv.org/abs/1710.09412>; the share of the
/// first image is Beta(32, 32), so both stay visible.
public struct SceneMixUp: Sendable {
    public var probability: Double
    /// Both parameters of the Beta distribution, at least 1.
    public var concentration: Double

    public init(probability: Double = 0, concentration: Double = 32) {
        precondition(concentration >= 1, "Beta(\(concentration), \(concentration)), expected at least 1")
        (self.probability, self.concentration) = (probability, concentration)
    }

    /// The share of the first image, or `nil` for no blend.
    public func draw(using generator: inout RandomStream) -> Double? {
        guard generator.happens(probability) else { return nil }
        let (a, b) = (generator.gamma(concentration), generator.gamma(concentration))
        return a / (a + b)
    }

    /// `pixels · share + other · (1 - share)`, in 1/256 and cut to whole numbers.
    public func blend(_ other: UnsafePointer<UInt8>, into pixels: PixelView, share: Double) {
        let first = UInt16(min(max((share * 256).rounded(), 0), 256))
        let second = 256 - first
        for index in 0..<pixels.byteCount {
            // At most 255 · 256: it fits.
            let sum = UInt16(pixels.base[index]) &* first &+ UInt16(other[index]) &* second
            pixels.base[index] = UInt8(truncatingIfNeeded: sum >> 8)
        }
    }
}
