import ApusVision
import CApusOpenCV

/// Convolves with a Gaussian, borders mirrored.
public struct GaussianBlur: Transform {
    public var probability: Double
    /// The standard deviation in pixels is uniform in this range.
    public var sigma: ClosedRange<Double>

    public init(probability: Double = 0.5, sigma: ClosedRange<Double> = 0.5...3) {
        precondition(sigma.lowerBound > 0 && sigma.upperBound <= 64, "a deviation of \(sigma), expected above 0, to 64")
        (self.probability, self.sigma) = (probability, sigma)
    }

    public func draw(for size: ImageSize, using generator: inout some RandomNumberGenerator) -> Double? {
        guard generator.happens(probability) else { return nil }
        return generator.uniform(sigma.lowerBound, sigma.upperBound)
    }

    public func apply(_ draw: Double, to image: Image) -> Image {
        OpenCV.map(image) { apus_cv_gaussian_blur($0, $1, 0, draw) }
    }
}
