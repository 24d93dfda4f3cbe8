import ApusConfiguration
import ApusCore
import CApusKernels

/// Moves colours along the principal components of the image's own colours. For up to 64 channels; others stay.
///
/// Krizhevsky, Sutskever & Hinton, *ImageNet Classification with Deep Convolutional Neural Networks*, 2012.
public struct FancyPCA: PixelTransform {
    /// The deviation of each component's factor.
    public var alpha = 0.1

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.number("alpha", &alpha, in: 0...1e6)
    }

    /// A factor for each component, the strongest first.
    public func draw(for sample: Sample, using stream: inout RandomStream) -> [Double]? {
        guard sample.image.channels <= 64 else { return nil }
        return (0..<sample.image.channels).map { _ in alpha * stream.normal() }
    }

    public func apply(_ draw: [Double], to image: inout Raster) {
        let channels = image.channels
        guard draw.count == channels, channels <= 64 else { return }
        let (mean, covariance) = image.moments()
        let matrix = Self.matrix(factors: draw, covariance: covariance, channels: channels)
        // x + M (x - mean)
        let offset = (0..<channels).map { row in
            -(0..<channels).reduce(0) { $0 + (matrix[row * channels + $1] - (row == $1 ? 1 : 0)) * mean[$1] }
        }
        let scale = image.maximum
        let (weights, shifts) = (matrix.map { Float($0) }, offset.map { Float($0 * scale) })
        let pixels = image.pixelCount
        image.modify(
            uint8: { apus_mix_bytes($0.baseAddress, pixels, Int32(channels), weights, shifts) },
            float32: { apus_mix_floats($0.baseAddress, pixels, Int32(channels), weights, shifts) })
    }

    /// The identity, and each component (its largest weight positive) times its factor and variance as a column; for one
    /// channel the factor times the deviation.
    ///
    /// Krizhevsky's sum of components scaled by random numbers is the same for all pixels; this, as Albumentations has
    /// it, follows each channel's distance from its mean.
    private static func matrix(factors: [Double], covariance: [Double], channels: Int) -> [Double] {
        if channels == 1 { return [1 + factors[0] * covariance[0].squareRoot()] }
        let components = SymmetricMatrix(size: channels, covariance).components()
        return (0..<channels * channels).map { index in
            let (row, column) = (index / channels, index % channels)
            let component = components[column]
            return (row == column ? 1 : 0) + component.vector[row] * factors[column] * component.value
        }
    }
}

extension Raster {
    /// Of the channels, scaled to 1: means, and row-major covariances (of one channel: its variance).
    fileprivate func moments() -> (mean: [Double], covariance: [Double]) {
        var sums = [Double](repeating: 0, count: channels)
        var products = [Double](repeating: 0, count: channels * channels)
        read(
            uint8: { apus_moments_bytes($0.baseAddress, pixelCount, Int32(channels), &sums, &products) },
            float32: { apus_moments_floats($0.baseAddress, pixelCount, Int32(channels), &sums, &products) })
        let (count, scale) = (Double(pixelCount), maximum)
        let mean = sums.map { $0 / count / scale }
        let freedom = channels == 1 ? count : max(count - 1, 1)
        let covariance = products.indices.map { index in
            let (row, column) = (index / channels, index % channels)
            return (products[index] / (scale * scale) - count * mean[row] * mean[column]) / freedom
        }
        return (mean, channels == 1 ? [max(covariance[0], 0)] : covariance)
    }
}
