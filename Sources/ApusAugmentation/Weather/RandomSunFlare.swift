import ApusConfiguration
import ApusCore
import CApusKernels
import CApusOpenCV
import Glibc

/// A low sun's flare and its reflections in the lens. For RGB; others stay. Floats go through bytes.
public struct RandomSunFlare: RGBTransform {
    public enum Method: String, CaseIterable, Codable, Sendable {
        /// Disks blended one over the other.
        case overlay
        /// Disks and rays, blurred and screened.
        case physicsBased = "physics_based"
    }

    /// Where the sun stands.
    public var region = Region(left: 0, top: 0, right: 1, bottom: 0.5)
    /// Of the flare, in pixels.
    public var radius = 400
    public var color = [255, 255, 255]
    /// Of the line of reflections, in turns.
    public var angle = 0.0...1.0
    public var count = 6...10
    public var method = Method.overlay

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.region("flare_roi", &region)
        try parameters.integer("src_radius", &radius, in: 2...2559)
        try parameters.color("src_color", &color)
        try parameters.range("angle_range", &angle, in: 0...1)
        try parameters.range("num_flare_circles_range", &count, in: 1...200)
        try parameters.choice("method", &method)
    }

    /// A reflection.
    public struct Circle: Codable, Hashable, Sendable {
        public var opacity: Double
        public var x, y, radius: Int
        public var color: [Int]
    }

    public struct Draw: Codable, Hashable, Sendable {
        /// Where the sun stands, in pixels.
        public var x, y: Int
        public var circles: [Circle]
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> Draw? {
        guard sample.image.channels == 3 else { return nil }
        let (width, height) = (sample.size.width, sample.size.height)
        let angle = 2 * Double.pi * stream.uniform(angle)
        var draw = Draw(
            x: Int(Double(width) * stream.uniform(region.left, region.right)),
            y: Int(Double(height) * stream.uniform(region.top, region.bottom)), circles: [])
        let step = max(1, Int(Double(width * width + height * height).squareRoot() * 0.01))
        draw.circles = (0..<stream.integer(count)).map { _ in
            // A place on the line through the sun, as far as the image is wide.
            let along = Double(-draw.x + step * stream.index(below: (width + step - 1) / step))
            return circle(draw, along * cos(angle), along * sin(angle), height, &stream)
        }
        return draw
    }

    private func circle(
        _ draw: Draw, _ dx: Double, _ dy: Double, _ height: Int, _ stream: inout RandomStream
    ) -> Circle {
        let reach = Int(Double(color.max() ?? 0) * 0.2)
        let opacity = stream.uniform(0.05, 0.2)
        let root = stream.integer(1...max(2, Int(Double(height) * 0.01)))
        return Circle(
            opacity: opacity, x: Int(Double(draw.x) + dx), y: Int(Double(draw.y) + dy),
            radius: min(root * root * root, 30_000), color: color.map { stream.integer(max($0 - reach, 0)...$0) })
    }

    public func apply(_ draw: Draw, to image: inout Raster) {
        let isWhole = draw.circles.allSatisfy { $0.color.count == 3 && (0...32_767).contains($0.radius) }
        guard image.channels == 3, !draw.circles.isEmpty, draw.circles.count <= 200, isWhole else { return }
        image.asBytes { bytes in
            if method == .overlay {
                overlay(draw, on: &bytes)
            } else {
                screen(draw, on: &bytes)
            }
        }
    }
}

// MARK: - Overlay

extension RandomSunFlare {
    private func overlay(_ draw: Draw, on image: inout Raster) {
        reflect(draw.circles, on: &image)
        shine(draw, on: &image)
    }

    /// After each circle, everything that circles cover so far is blended with the colours that lie on top.
    private func reflect(_ circles: [Circle], on image: inout Raster) {
        var plane = [UInt8](repeating: 0, count: image.pixelCount)
        var rows = 0..<0
        for (index, circle) in circles.enumerated() {
            var spot = apus_spot(
                x: Int32(clamping: circle.x), y: Int32(clamping: circle.y), radius: Int32(circle.radius))
            apus_stamp_spot(&plane, Int32(image.width), Int32(image.height), &spot, UInt8(index + 1))
            let top = min(max(circle.y - circle.radius, 0), image.height)
            let bottom = min(max(circle.y + circle.radius + 1, top), image.height)
            if top < bottom {
                rows = rows.isEmpty ? top..<bottom : min(rows.lowerBound, top)..<max(rows.upperBound, bottom)
            }
            var tables = [byteTable { $0 }, byteTable { $0 }, byteTable { $0 }].flatMap { $0 }
            for covering in circles[...index] { tables += Self.blends(circle.opacity, covering.color) }
            image.map(rows: rows, by: plane, tables)
        }
    }

    /// What blending with a colour makes of each channel's bytes.
    private static func blends(_ opacity: Double, _ color: [Int]) -> [UInt8] {
        color.flatMap { channel in roundedTable { $0 * (1 - opacity) + Double(channel) * opacity } }
    }

    /// Disks of growing radius, each blended with all smaller ones' area: a pixel meets those from its first one on.
    private func shine(_ draw: Draw, on image: inout Raster) {
        let (count, total) = (radius / 10, draw.circles.reduce(0) { $0 + Double($1.radius) })
        guard count > 0, total > 0 else { return }
        let mean = draw.circles.reduce(0) { $0 + $1.opacity * Double($1.radius) } / total
        let strongest = min(mean * 5, 1)
        func share(_ index: Int) -> Double { count > 1 ? Double(index) / Double(count - 1) : 0 }
        var plane = [UInt8](repeating: 0, count: image.pixelCount)
        var tables = [UInt8](repeating: 0, count: (count + 1) * 768)
        var table = (0..<3).map { _ in byteTable { $0 } }
        tables.replaceSubrange(..<768, with: table.flatMap { $0 })
        for index in (0..<count).reversed() {
            var spot = apus_spot(
                x: Int32(clamping: draw.x), y: Int32(clamping: draw.y),
                radius: Int32(1 + share(index) * Double(radius - 1)))
            apus_stamp_spot(&plane, Int32(image.width), Int32(image.height), &spot, UInt8(index + 1))
            let alpha = share(count - 1 - index) * strongest
            let blends = Self.blends(alpha * alpha * alpha, color)
            table = (0..<3).map { channel in (0..<256).map { table[channel][Int(blends[channel * 256 + $0])] } }
            tables.replaceSubrange((index + 1) * 768..<(index + 2) * 768, with: table.flatMap { $0 })
        }
        image.map(rows: 0..<image.height, by: plane, tables)
    }
}

extension Raster {
    /// Bytes by the table of their pixel's number in a plane, 256 entries a channel.
    fileprivate mutating func map(rows: Range<Int>, by plane: [UInt8], _ tables: [UInt8]) {
        let (width, channels) = (width, channels)
        plane.withUnsafeBufferPointer { plane in
            modify(
                uint8: { bytes in
                    guard let base = bytes.baseAddress, let numbers = plane.baseAddress else { return }
                    let first = rows.lowerBound * width
                    apus_map_by_plane(
                        base + first * channels, rows.count * width, Int32(channels), numbers + first, tables)
                }, float32: { _ in })
        }
    }
}

// MARK: - Physics

extension RandomSunFlare {
    private func screen(_ draw: Draw, on image: inout Raster) {
        var layer = light(draw, on: image).inFloats(scale: 1)
        layer.blurGaussian(sigma: 15)
        layer.multiply(light: falloff(draw, image.size))
        var planes = layer.planes()
        planes[0].blurGaussian(sigma: 3)
        planes[2].blurGaussian(sigma: 5)
        layer.joined(planes).read(
            uint8: { _ in },
            float32: { light in
                image.modify(
                    uint8: { bytes in
                        for index in bytes.indices {
                            let dark = (255 - Float(bytes[index])) * (255 - light[index]) / 255
                            bytes[index] = UInt8(min(max(255 - dark, 0), 255))
                        }
                    }, float32: { _ in })
            })
    }

    /// The sun's disk, four rays and the reflections.
    private func light(_ draw: Draw, on image: Raster) -> Raster {
        let (width, height) = (Int32(image.width), Int32(image.height))
        let (x, y) = (Int32(clamping: draw.x), Int32(clamping: draw.y))
        var plane = [UInt8](repeating: 0, count: image.pixelCount)
        var sun = apus_spot(x: x, y: y, radius: Int32(radius))
        apus_stamp_spot(&plane, width, height, &sun, 255)
        let reach = Double(max(image.width, image.height))
        let ends = [0.0, 45, 90, 135].flatMap { angle in
            let (dx, dy) = (cos(angle * .pi / 180) * reach, sin(angle * .pi / 180) * reach)
            return [x, y, Int32(clampingCut: Double(draw.x) + dx), Int32(clampingCut: Double(draw.y) + dy)]
        }
        OpenCV.check(apus_cv_draw_lines(&plane, width, height, 1, ends, 4, [255, 255, 255], 2, 8))
        for (index, circle) in draw.circles.enumerated() {
            var spot = apus_spot(
                x: Int32(clamping: circle.x), y: Int32(clamping: circle.y),
                radius: Int32(pow(Double(circle.radius), 0.33)))
            apus_stamp_spot(&plane, width, height, &spot, UInt8(index + 1))
        }
        let colors = draw.circles.map(\.color)
        return Raster(
            size: image.size, channels: 3,
            uint8: { bytes in
                for (pixel, number) in plane.enumerated() {
                    let color = number == 0 ? [0, 0, 0] : number == 255 ? self.color : colors[Int(number) - 1]
                    for channel in 0..<3 { bytes[3 * pixel + channel] = UInt8(clamping: color[channel]) }
                }
            })
    }

    /// From 1 at the sun to 0 at seven tenths of the longer side.
    private func falloff(_ draw: Draw, _ size: ImageSize) -> [Float] {
        let reach = Float(max(size.width, size.height)) * 0.7
        return (0..<size.width * size.height).map { index in
            let (dx, dy) = (Float(index % size.width - draw.x), Float(index / size.width - draw.y))
            return 1 - min((dx * dx + dy * dy).squareRoot() / reach, 1)
        }
    }
}

extension Raster {
    /// Floats of any range times their pixel's factor.
    fileprivate mutating func multiply(light factors: [Float]) {
        let channels = channels
        modify(
            uint8: { _ in },
            float32: { values in for index in values.indices { values[index] *= factors[index / channels] } })
    }
}
