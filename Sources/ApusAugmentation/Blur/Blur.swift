import ApusVision
import CApusOpenCV

/// Mean over a square window, borders mirrored.
public struct Blur: Transform {
    public var probability: Double
    /// The window's side is one of the odd numbers in this range.
    public var side: ClosedRange<Int>

    public init(probability: Double = 0.01, side: ClosedRange<Int> = 3...7) {
        precondition(side.lowerBound >= 1 && side.upperBound <= 255, "a window of \(side) pixels, expected 1 to 255")
        (self.probability, self.side) = (probability, side)
    }

    public func draw(for size: ImageSize, using generator: inout some RandomNumberGenerator) -> Int? {
        guard generator.happens(probability) else { return nil }
        return generator.oddNumber(in: side)
    }

    public func apply(_ draw: Int, to image: Image) -> Image {
        OpenCV.map(image) { apus_cv_blur($0, $1, Int32(draw)) }
    }
}
