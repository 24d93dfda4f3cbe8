import ApusConfiguration
import ApusCore
import CApusKernels

/// Patches of gravel: small squares of another lightness. For RGB; others stay. Floats go through bytes.
public struct RandomGravel: RGBTransform {
    /// Where patches lie.
    public var region = Region(left: 0.1, top: 0.4, right: 0.9, bottom: 0.9)
    public var patches = 2

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.region("gravel_roi", &region)
        try parameters.integer("number_of_patches", &patches, in: 1...10_000)
    }

    /// A stone: its pixels, the far ones not among them, and its lightness.
    public struct Stone: Codable, Hashable, Sendable {
        public var top, bottom, left, right, lightness: Int
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> [Stone]? {
        guard sample.image.channels == 3 else { return nil }
        let (width, height) = (sample.size.width, sample.size.height)
        let (columns, rows) = (region.columns(of: width), region.rows(of: height))
        return (0..<patches).flatMap { _ in
            let (across, down) = (extent(columns, &stream), extent(rows, &stream))
            let left = stream.integer(columns.0...max(columns.1 - across, columns.0))
            let top = stream.integer(rows.0...max(rows.1 - down, rows.0))
            return (0..<across * down / 100).map { _ in
                let (x, y) = (stream.integer(left...left + across), stream.integer(top...top + down))
                let radius = stream.integer(1...3)
                return Stone(
                    top: max(y - radius, 0), bottom: min(y + radius, height - 1), left: max(x - radius, 0),
                    right: min(x + radius, width - 1), lightness: stream.integer(0...255))
            }
        }
    }

    /// A tenth to a fifth of the region's side.
    private func extent(_ side: (Int, Int), _ stream: inout RandomStream) -> Int {
        stream.integer((side.1 - side.0) / 10...(side.1 - side.0) / 5)
    }

    public func apply(_ draw: [Stone], to image: inout Raster) {
        guard image.channels == 3 else { return }
        let (width, height) = (image.width, image.height)
        var replaced = [UInt8](repeating: 0, count: width * height)
        var lightness = replaced
        for stone in draw {
            let columns = min(max(stone.left, 0), width)..<min(max(stone.right, stone.left, 0), width)
            for row in min(max(stone.top, 0), height)..<min(max(stone.bottom, stone.top, 0), height) {
                for column in columns {
                    replaced[row * width + column] = 1
                    lightness[row * width + column] = UInt8(clamping: stone.lightness)
                }
            }
        }
        let pixels = image.pixelCount
        image.asBytes { bytes in
            bytes.modify(
                uint8: { apus_replace_lightness($0.baseAddress, pixels, replaced, lightness) }, float32: { _ in })
        }
    }
}
