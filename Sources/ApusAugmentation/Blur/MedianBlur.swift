import ApusConfiguration
import ApusCore
import CApusKernels
import CApusOpenCV

/// The median over a square window, borders repeated; floats go through bytes.
public struct MedianBlur: PixelTransform {
    /// The window's side is one of the odd numbers in this range.
    public var side = 3...7

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.sides("blur_limit", &side)
    }

    /// The side.
    public func draw(for sample: Sample, using stream: inout RandomStream) -> Int? { stream.oddNumber(in: side) }

    public func apply(_ draw: Int, to image: inout Raster) {
        let side = min(max(draw, 1), 255) | 1
        image.asBytes { Self.apply(side, to: &$0) }
    }

    /// OpenCV has networks for small windows and histograms for large ones; in between, ours is faster.
    private static func apply(_ side: Int, to image: inout Raster) {
        let isOpenCVs = [1, 3, 4].contains(image.channels)
        if (7...15).contains(side) || (side <= 15 && !isOpenCVs) {
            image.modifyPixels { apus_median_bytes(&$0, Int32(side)) }
        } else if isOpenCVs {
            image = OpenCV.map(image) { apus_cv_median_raster($0, $1, Int32(side)) }
        } else {
            image = image.joined(
                image.planes().map { plane in
                    OpenCV.map(plane) { apus_cv_median_raster($0, $1, Int32(side)) }
                })
        }
    }
}
