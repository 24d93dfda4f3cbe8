import CApusKernels
import Glibc

/// The weights of a pixel's neighbours, row by row around the middle.
struct FilterKernel: Hashable, Sendable {
    var width, height: Int
    var weights: [Double]

    /// `weight(x, y)`, x and y from the middle.
    init(width: Int, height: Int, _ weight: (Int, Int) -> Double) {
        (self.width, self.height) = (width, height)
        weights = (0..<width * height).map { weight($0 % width - width / 2, $0 / width - height / 2) }
    }

    init(side: Int, _ weight: (Int, Int) -> Double) { self.init(width: side, height: side, weight) }

    /// The same, its sum 1.
    var normalized: FilterKernel {
        var result = self
        let sum = weights.reduce(0, +)
        result.weights = weights.map { $0 / sum }
        return result
    }

    /// The neighbours that count.
    var taps: [apus_tap] {
        weights.indices.filter { weights[$0] != 0 }.map {
            apus_tap(
                dx: Int32($0 % width - width / 2), dy: Int32($0 / width - height / 2), weight: Float(weights[$0]))
        }
    }
}

extension FilterKernel {
    /// A Gaussian in one dimension, its sum 1, as OpenCV makes it: without a deviation one that fits the size.
    static func gaussian(size: Int, sigma: Double) -> [Double] {
        let fixed: [Int: [Double]] = [
            1: [1], 3: [0.25, 0.5, 0.25], 5: [0.0625, 0.25, 0.375, 0.25, 0.0625],
            7: [0.03125, 0.109375, 0.21875, 0.28125, 0.21875, 0.109375, 0.03125],
        ]
        if sigma <= 0, let weights = fixed[size] { return weights }
        let sigma = sigma > 0 ? sigma : 0.3 * (Double(size - 1) * 0.5 - 1) + 0.8
        let weights = (0..<size).map { index in
            let x = Double(index) - Double(size - 1) / 2
            return exp(-x * x / (2 * sigma * sigma))
        }
        let sum = weights.reduce(0, +)
        return weights.map { $0 / sum }
    }

    /// The size that OpenCV gives a Gaussian that has none: three deviations of bytes, four of floats.
    static func gaussianSize(sigma: Double, isFloat: Bool) -> Int {
        Int((sigma * (isFloat ? 4 : 3) * 2 + 1).rounded(.toNearestOrEven)) | 1
    }
}

extension Raster {
    /// Convolves (without turning the kernel), borders mirrored; floats are clamped.
    mutating func filter(_ kernel: FilterKernel) {
        let taps = kernel.taps
        modifyPixels { apus_blend_taps(&$0, taps, Int32(taps.count)) }
        clampFloats()
    }

    /// The same by a product of two kernels.
    mutating func filter(horizontal: [Double], vertical: [Double]) {
        let (x, y) = (horizontal.map { Float($0) }, vertical.map { Float($0) })
        modifyPixels { apus_blend_separable(&$0, x, Int32(x.count), y, Int32(y.count)) }
    }

    /// A Gaussian, borders mirrored; size 0 to derive it from the deviation.
    mutating func blurGaussian(size: Int = 0, sigma: Double) {
        guard size > 0 || sigma > 0 else { return }
        let size = size > 0 ? size : FilterKernel.gaussianSize(sigma: sigma, isFloat: isFloat)
        let weights = FilterKernel.gaussian(size: size, sigma: sigma)
        filter(horizontal: weights, vertical: weights)
    }
}
