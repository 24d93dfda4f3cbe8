import ApusConfiguration
import ApusCore
import ApusVision
import CApusKernels
import Glibc

/// Moves pixels by smoothed noise.
///
/// Simard, Steinkraus & Platt, *Best Practices for Convolutional Neural Networks Applied to Visual Document Analysis*,
/// 2003. A wide Gaussian is three boxes here.
public struct ElasticTransform: FieldTransform {
    /// What the smoothed noise, -1 to 1 before, is multiplied by: pixels.
    public var strength = 1.0
    /// Of the Gaussian, in pixels.
    public var sigma = 50.0
    /// Whether the Gaussian is cut to 17×17 pixels.
    public var isApproximate = false
    /// Whether x and y move alike.
    public var movesAlike = false
    public var distribution = Distribution.gaussian
    public var look = WarpLook()

    public enum Distribution: String, CaseIterable, Sendable { case gaussian, uniform }

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.number("alpha", &strength, in: 0...1e6)
        try parameters.number("sigma", &sigma, in: 1...1e4)
        try parameters.flag("approximate", &isApproximate)
        try parameters.flag("same_dxdy", &movesAlike)
        try parameters.choice("noise_distribution", &distribution)
        try look.bind(&parameters)
    }

    /// The noise's seed.
    public func draw(for sample: Sample, using stream: inout RandomStream) -> UInt64? { stream.next() }

    public func sources(_ draw: UInt64, of size: ImageSize) -> FieldSources? {
        let field = WarpField(size: size) { x, y in
            let count = size.width * size.height
            noise(draw, x, count)
            if movesAlike { y.update(from: x, count: count) } else { noise(~draw, y, count) }
            let scale = Float(strength) / peak([x, y], count)
            smooth(x, size)
            if movesAlike { y.update(from: x, count: count) } else { smooth(y, size) }
            for row in 0..<size.height {
                for column in 0..<size.width {
                    let index = row * size.width + column
                    x[index] = x[index] * scale + Float(column)
                    y[index] = y[index] * scale + Float(row)
                }
            }
        }
        return FieldSources(field)
    }

    private func noise(_ seed: UInt64, _ plane: UnsafeMutablePointer<Float>, _ count: Int) {
        let isNormal = distribution == .gaussian
        var noise = apus_noise(
            kind: isNormal ? APUS_NOISE_NORMAL : APUS_NOISE_UNIFORM, a: isNormal ? 0 : -1, b: 1, key: seed)
        apus_noise_fill(&noise, 0, count, plane)
    }

    /// What brings normal noise to -1…1.
    private func peak(_ planes: [UnsafeMutablePointer<Float>], _ count: Int) -> Float {
        guard distribution == .gaussian else { return 1 }
        let peak = planes.reduce(Float(0)) { peak, plane in
            UnsafeBufferPointer(start: plane, count: count).reduce(peak) { max($0, abs($1)) }
        }
        return peak > 1e-6 ? peak : 1
    }

    private func smooth(_ plane: UnsafeMutablePointer<Float>, _ size: ImageSize) {
        let (width, height, sigma) = (Int32(size.width), Int32(size.height), Float(sigma))
        guard !isApproximate, sigma >= 4 else {
            let radius = isApproximate ? 8 : Int32((sigma * 4).rounded(.up))
            return check(apus_smooth_plane(plane, width, height, sigma, radius))
        }
        check(apus_smooth_plane_widely(plane, width, height, sigma))
    }
}
