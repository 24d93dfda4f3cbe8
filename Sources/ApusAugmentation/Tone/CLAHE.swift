import ApusConfiguration
import ApusCore
import CApusOpenCV

/// Contrast-limited adaptive histogram equalization: of the lightness (CIE Lab) where there are three channels. Floats go
/// through bytes; images of other than 1 or 3 channels stay.
///
/// Zuiderveld, *Contrast Limited Adaptive Histogram Equalization*, Graphics Gems IV, 1994.
public struct CLAHE: PixelTransform {
    public var clipLimit = 1.0...4.0
    /// Tiles across and down.
    public var tiles = [8, 8]

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.range("clip_limit", &clipLimit, single: .upTo(1), in: 1...1e6)
        var numbers = tiles.map(Double.init)
        try parameters.numbers("tile_grid_size", &numbers, count: 2...2, in: 1...1024)
        tiles = numbers.map { Int($0) }
    }

    /// The clip limit.
    public func draw(for sample: Sample, using stream: inout RandomStream) -> Double? {
        [1, 3].contains(sample.image.channels) ? stream.uniform(clipLimit) : nil
    }

    public func apply(_ draw: Double, to image: inout Raster) {
        guard [1, 3].contains(image.channels), draw.isFinite else { return }
        image.asBytes { bytes in
            bytes = OpenCV.map(bytes) { apus_cv_clahe_raster($0, $1, draw, Int32(tiles[0]), Int32(tiles[1])) }
        }
    }
}
