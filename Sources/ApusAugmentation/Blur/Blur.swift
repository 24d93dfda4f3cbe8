import ApusConfiguration
import ApusCore
import CApusKernels
import CApusOpenCV

/// The mean over a square window, borders mirrored.
public struct Blur: PixelTransform {
    /// The window's side is one of the odd numbers in this range.
    public var side = 3...7

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.sides("blur_limit", &side)
    }

    /// The side.
    public func draw(for sample: Sample, using stream: inout RandomStream) -> Int? { stream.oddNumber(in: side) }

    public func apply(_ draw: Int, to image: inout Raster) { image.blurBox(side: min(max(draw, 1), 255) | 1) }
}

extension Raster {
    /// The mean over a square window, borders mirrored.
    mutating func blurBox(side: Int) {
        if isFloat || side > 15 || side % 2 == 0 {
            self = OpenCV.map(self) { apus_cv_box_raster($0, $1, Int32(side)) }
        } else {
            modifyPixels { apus_box_bytes(&$0, Int32(side)) }
        }
    }
}
