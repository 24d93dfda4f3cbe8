import ApusConfiguration
import ApusCore
import CApusKernels

/// A disk, its edge softened: what a lens out of focus makes of a point.
public struct Defocus: PixelTransform {
    /// Of the disk, in pixels.
    public var radius = 3...10
    /// The deviation of the Gaussian that softens the disk.
    public var softness = 0.1...0.5

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.range("radius", &radius, single: .upTo(1), in: 1...45)
        try parameters.range("alias_blur", &softness, single: .upTo(0), in: 0...64)
    }

    public struct Draw: Codable, Hashable, Sendable {
        public var radius: Int
        public var softness: Double
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> Draw? {
        let radius = stream.integer(radius)
        return Draw(radius: radius, softness: stream.uniform(softness))
    }

    public func apply(_ draw: Draw, to image: inout Raster) {
        let kernel = Self.kernel(radius: min(max(draw.radius, 1), 45), softness: draw.softness)
        let columns = Self.columns(of: kernel)
        var isDone = false
        if !image.isFloat {
            image.modifyPixels {
                isDone = apus_blend_columns(&$0, columns, Int32(columns.count))
                return true
            }
        }
        if !isDone { image.filter(kernel) }
    }

    private static func kernel(radius: Int, softness: Double) -> FilterKernel {
        let reach = max(8, radius)
        let disk = FilterKernel(side: 2 * reach + 1) { $0 * $0 + $1 * $1 <= radius * radius ? 1 : 0 }.normalized
        let gaussian = FilterKernel.gaussian(size: radius <= 8 ? 3 : 5, sigma: softness)
        func mirrored(_ x: Int) -> Int { abs(x) <= reach ? x : (2 * reach - abs(x)) * x.signum() }
        func softened(_ source: FilterKernel, _ dx: Int, _ dy: Int) -> FilterKernel {
            FilterKernel(side: 2 * reach + 1) { x, y in
                gaussian.indices.reduce(0) { sum, index in
                    let step = index - gaussian.count / 2
                    let (x, y) = (mirrored(x + dx * step), mirrored(y + dy * step))
                    return sum + gaussian[index] * source.weights[(y + reach) * source.width + x + reach]
                }
            }
        }
        return softened(softened(disk, 1, 0), 0, 1)
    }

    /// The kernel, which is symmetric, as runs: where a column's weights change from one row to the next, a run of the
    /// difference ends. Differences far below what a byte shows are none.
    private static func columns(of kernel: FilterKernel) -> [apus_column] {
        let reach = kernel.height / 2
        return (-reach...reach).flatMap { dx in
            let weights = (0...reach).map { half in
                (kernel.weights[(reach + half) * kernel.width + dx + reach] * 1e6).rounded() / 1e6
            }
            return weights.indices.compactMap { half -> apus_column? in
                let change = weights[half] - (half < reach ? weights[half + 1] : 0)
                return abs(change) < 1e-9 ? nil : apus_column(dx: Int32(dx), half: Int32(half), weight: Float(change))
            }
        }
    }
}
