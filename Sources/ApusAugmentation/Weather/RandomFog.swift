import ApusConfiguration
import ApusCore
import CApusKernels

/// Fog: many translucent disks, denser towards the middle, then a blur. For RGB; others stay. Floats go through bytes.
public struct RandomFog: RGBTransform {
    /// A disk's opacity at full intensity.
    public var opacity = 0.08
    public var intensity = 0.3...1.0

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.number("alpha_coef", &opacity, in: 0...1)
        try parameters.range("fog_coef_range", &intensity, in: 0...1)
    }

    public struct Draw: Codable, Hashable, Sendable {
        public var intensity: Double
        /// Middles and radii of the disks, in pixels.
        public var x, y, radii: [Int]
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> Draw? {
        guard sample.image.channels == 3 else { return nil }
        var draw = Draw(intensity: stream.uniform(intensity), x: [], y: [], radii: [])
        let (width, height) = (sample.size.width, sample.size.height)
        place(&draw, width, height, &stream)
        let largest = max(2, Int(Double(min(width, height)) * 0.1 * draw.intensity))
        draw.radii = draw.x.map { _ in stream.integer(max(1, largest / 2)...largest - 1) }
        return draw
    }

    /// In ten regions, each a tenth smaller than the one before, while they are larger than a disk's region.
    private func place(_ draw: inout Draw, _ width: Int, _ height: Int, _ stream: inout RandomStream) {
        let region = max(1, Int(Double(width / 3) * draw.intensity))
        let (centerX, centerY) = (Int(Double(width) / 2 - 0.5), Int(Double(height) / 2 - 0.5))
        var (across, down) = (width, height)
        for _ in 0..<10 where across > region && down > region {
            let count = Int(Double(across * down) / Double(region * region) * draw.intensity * 10)
            for _ in 0..<min(count, 100_000) {
                draw.x.append(centerX + stream.integer(-(across / 2)...across / 2))
                draw.y.append(centerY + stream.integer(-(down / 2)...down / 2))
            }
            (across, down) = (Int(Double(across) * 0.9), Int(Double(down) * 0.9))
        }
    }

    public func apply(_ draw: Draw, to image: inout Raster) {
        guard image.channels == 3, draw.x.count == draw.y.count, draw.x.count == draw.radii.count else { return }
        image.asBytes { bytes in
            cover(&bytes, draw)
            let size = max(3, min(bytes.width, bytes.height) / 30) | 1
            bytes.blurGaussian(size: size, sigma: 0)
        }
    }

    /// What a disk does to a byte, its last disk does to what those before it made: how many there are is all that counts.
    private func cover(_ image: inout Raster, _ draw: Draw) {
        let spots = draw.x.indices.map { index in
            apus_spot(
                x: Int32(clamping: draw.x[index]), y: Int32(clamping: draw.y[index]),
                radius: Int32(clamping: draw.radii[index]))
        }
        var counts = [UInt8](repeating: 0, count: image.pixelCount)
        apus_count_spots(&counts, Int32(image.width), Int32(image.height), spots, spots.count)
        let alpha = opacity * min(max(draw.intensity, 0), 1)
        let once = roundedTable { $0 * (1 - alpha) + 255 * alpha }
        var (tables, table) = ([UInt8](), byteTable { $0 })
        for _ in 0...255 {
            tables += table + table + table
            table = table.map { once[Int($0)] }
        }
        let pixels = image.pixelCount
        image.modify(uint8: { apus_map_by_plane($0.baseAddress, pixels, 3, counts, tables) }, float32: { _ in })
    }
}
