import ApusConfiguration
import ApusCore
import CApusKernels
import CApusOpenCV

/// Polygons of shadow. Floats go through bytes.
public struct RandomShadow: PixelTransform {
    /// Where the shadows' corners lie.
    public var region = Region(left: 0, top: 0.5, right: 1, bottom: 1)
    public var count = 1...2
    /// Of each shadow.
    public var corners = 5
    public var intensity = 0.5...0.5

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.region("shadow_roi", &region, mayBeEmpty: true)
        try parameters.range("num_shadows_limit", &count, in: 1...1000)
        try parameters.integer("shadow_dimension", &corners, in: 3...1000)
        try parameters.range("shadow_intensity_range", &intensity, in: 0...1)
    }

    public struct Shadow: Codable, Hashable, Sendable {
        public var intensity: Double
        /// Corners, in pixels.
        public var x, y: [Int]
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> [Shadow]? {
        let columns = region.columns(of: sample.size.width)
        let rows = region.rows(of: sample.size.height)
        return (0..<stream.integer(count)).map { _ in
            var shadow = Shadow(intensity: 0, x: [], y: [])
            for _ in 0..<corners {
                shadow.x.append(stream.integer(columns.0...max(columns.1 - 1, columns.0)))
                shadow.y.append(stream.integer(rows.0...max(rows.1 - 1, rows.0)))
            }
            shadow.intensity = stream.uniform(intensity)
            return shadow
        }
    }

    public func apply(_ draw: [Shadow], to image: inout Raster) {
        let (width, height, channels) = (Int32(image.width), Int32(image.height), image.channels)
        image.asBytes { bytes in
            let pixels = bytes.pixelCount
            for shadow in draw where !shadow.x.isEmpty && shadow.x.count == shadow.y.count {
                var plane = [UInt8](repeating: 0, count: pixels)
                let places = zip(shadow.x, shadow.y).flatMap { [Int32(clamping: $0), Int32(clamping: $1)] }
                let bounded = places.map { min(max($0, -(1 << 20)), 1 << 20) }
                OpenCV.check(apus_cv_fill_polygon(&plane, width, height, bounded, Int32(shadow.x.count), 1))
                let dark = byteTable { $0 * (1 - shadow.intensity) }
                let identity = byteTable { $0 }
                let tables = [identity, dark].flatMap { table in (0..<channels).flatMap { _ in table } }
                bytes.modify(
                    uint8: { apus_map_by_plane($0.baseAddress, pixels, Int32(channels), plane, tables) },
                    float32: { _ in })
            }
        }
    }
}
