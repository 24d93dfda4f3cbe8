import ApusVision
import CApusOpenCV

/// Contrast-limited adaptive histogram equalization of the lightness.
///
/// Zuiderveld, *Contrast Limited Adaptive Histogram Equalization*, Graphics Gems IV, 1994.
public struct CLAHE: Transform {
    public var probability: Double
    /// The clip limit is uniform in this range.
    public var clipLimit: ClosedRange<Double>
    /// Tiles along each side.
    public var tiles: Int

    public init(probability: Double = 0.01, clipLimit: ClosedRange<Double> = 1...4, tiles: Int = 8) {
        precondition((1...256).contains(tiles), "\(tiles) tiles a side, expected 1 to 256")
        (self.probability, self.clipLimit, self.tiles) = (probability, clipLimit, tiles)
    }

    public func draw(for size: ImageSize, using generator: inout some RandomNumberGenerator) -> Double? {
        guard generator.happens(probability) else { return nil }
        return generator.uniform(clipLimit.lowerBound, clipLimit.upperBound)
    }

    public func apply(_ draw: Double, to image: Image) -> Image {
        guard image.channels != 4 else { return image }
        return OpenCV.map(image) { apus_cv_clahe($0, $1, draw, Int32(tiles)) }
    }
}
