import ApusConfiguration
import ApusCore
import CApusKernels
import CApusOpenCV

/// Rain or mud on the lens. For RGB; others stay.
///
/// Hendrycks & Dietterich, *Benchmarking Neural Network Robustness to Common Corruptions and Perturbations*,
/// <https://arxiv.org/abs/1903.12261>.
public struct Spatter: RGBTransform {
    public enum Mode: String, CaseIterable, Codable, Sendable {
        case rain, mud

        var color: [Int] { self == .rain ? [238, 238, 175] : [20, 42, 63] }
    }

    /// Of the liquid's thickness.
    public var mean = 0.65...0.65
    /// Of the liquid's thickness.
    public var deviation = 0.3...0.3
    /// Of the blur that makes drops of it.
    public var sigma = 2.0...2.0
    /// What is thinner does not show.
    public var threshold = 0.68...0.68
    public var intensity = 0.6...0.6
    public var mode = Mode.rain
    /// `nil` for the mode's.
    public var color: [Int]?

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.range("mean", &mean, single: .upTo(0), in: 0...1)
        try parameters.range("std", &deviation, single: .upTo(0), in: 0...1)
        try parameters.range("gauss_sigma", &sigma, single: .upTo(0), in: 0...64)
        try parameters.range("cutout_threshold", &threshold, single: .upTo(0), in: 0...1)
        try parameters.range("intensity", &intensity, single: .upTo(0), in: 0...1)
        try parameters.choice("mode", &mode)
        var result = color
        try parameters.value(
            "color",
            read: { node throws(ConfigurationError) in
                result = node.isNull ? nil : try node.numbers(count: 3...3, in: 0...255).map { Int($0) }
            }, write: { result.map { .list($0.map(YAMLNode.integer)) } ?? .nothing })
        color = result
    }

    public struct Draw: Codable, Hashable, Sendable {
        public var mean, deviation, sigma, threshold, intensity: Double
        /// Of the liquid.
        public var seed: UInt64
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> Draw? {
        guard sample.image.channels == 3 else { return nil }
        let (mean, deviation) = (stream.uniform(mean), stream.uniform(deviation))
        let (threshold, sigma) = (stream.uniform(threshold), stream.uniform(sigma))
        return Draw(
            mean: mean, deviation: deviation, sigma: sigma, threshold: threshold,
            intensity: stream.uniform(intensity), seed: stream.next())
    }

    public func apply(_ draw: Draw, to image: inout Raster) {
        let field = NoiseField(distribution: .normal(mean: draw.mean, deviation: draw.deviation), seed: draw.seed)
        let liquid = Raster(size: image.size, channels: 1, float32: field.numbers(image.pixelCount, scale: 1))
        apply(draw, liquid: liquid, to: &image)
    }

    /// With a given thickness of the liquid, before it is blurred.
    func apply(_ draw: Draw, liquid: Raster, to image: inout Raster) {
        guard image.channels == 3 else { return }
        let sigma = min(max(draw.sigma, 0), 64)
        let side = Int32(2 * (3 * sigma).rounded(.toNearestOrEven) + 1)
        let blurred = OpenCV.map(liquid) { apus_cv_gaussian_raster($0, $1, side, sigma, 1) }
        let layer = blurred.elements.map { $0 < Float(draw.threshold) ? 0 : $0 }
        let color = (color ?? mode.color).map { Float($0) / 255 }
        switch mode {
        case .rain: image.tint(drops(layer, image.size), intensity: draw.intensity * 0.9, covers: 0, color)
        case .mud: image.tint(mud(layer, image.size, draw), intensity: draw.intensity, covers: 1, color)
        }
    }

    private func drops(_ layer: [Float], _ size: ImageSize) -> [Float] {
        var drops = layer
        OpenCV.check(apus_cv_rain_on_lens(layer, Int32(size.width), Int32(size.height), &drops))
        return drops
    }

    /// Where liquid shows, or on a tenth of the pixels where it shows nowhere; blurred, its strongest 1.
    private func mud(_ layer: [Float], _ size: ImageSize, _ draw: Draw) -> [Float] {
        var mask = layer.map { Float($0 > Float(draw.threshold) ? 1 : 0) }
        if !mask.contains(1) {
            var stream = RandomStream(seed: draw.seed)
            for index in stream.permutation(of: mask.count)[..<max(1, mask.count / 10)] { mask[index] = 1 }
        }
        if draw.sigma > 0 {
            let raster = Raster(size: size, channels: 1, float32: mask)
            mask = OpenCV.map(raster) { apus_cv_gaussian_raster($0, $1, 0, min(draw.sigma, 64), 1) }.elements
        }
        let most = mask.max() ?? 0
        return most > 0 ? mask.map { $0 / most } : mask
    }
}

extension Raster {
    /// All floats; none of bytes.
    var elements: [Float] {
        if case .float32(let elements) = storage { elements } else { [] }
    }

    fileprivate mutating func tint(_ shares: [Float], intensity: Double, covers: Float, _ color: [Float]) {
        let (pixels, shares) = (pixelCount, shares.map { $0 * Float(intensity) })
        modify(
            uint8: { apus_tint_bytes($0.baseAddress, pixels, shares, covers, color) },
            float32: { apus_tint_floats($0.baseAddress, pixels, shares, covers, color) })
    }
}
