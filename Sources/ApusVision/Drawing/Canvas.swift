/// An RGB image to draw on. Whatever lies outside it is cut off.
public struct Canvas {
    public private(set) var image: Image

    public init(_ image: Image) { self.image = image.convertedToRGB() }

    public init(width: Int, height: Int, color: Color) {
        image = Image(width: width, height: height, color: [color.red, color.green, color.blue])
    }

    /// Lays `color` over a pixel; `coverage` from 0 to 1.
    mutating func blend(_ x: Int, _ y: Int, _ color: Color, coverage: Float = 1) {
        guard x >= 0, y >= 0, x < image.width, y < image.height, coverage > 0 else { return }
        let (offset, opacity) = ((y * image.width + x) * 3, min(coverage, 1))
        for (channel, value) in [color.red, color.green, color.blue].enumerated() {
            let old = Float(image.pixels[offset + channel])
            image.pixels[offset + channel] = UInt8((old + (Float(value) - old) * opacity).rounded())
        }
    }

    /// Fills whole pixels.
    public mutating func fill(x: Int, y: Int, width: Int, height: Int, _ color: Color, opacity: Float = 1) {
        for row in max(y, 0)..<max(min(y + height, image.height), max(y, 0)) {
            for column in max(x, 0)..<max(min(x + width, image.width), max(x, 0)) {
                blend(column, row, color, coverage: opacity)
            }
        }
    }

    /// Lays an image with its upper left corner at a place; it must lie wholly inside.
    public mutating func draw(_ image: Image, x: Int, y: Int) {
        precondition(
            x >= 0 && y >= 0 && x + image.width <= self.image.width && y + image.height <= self.image.height,
            "\(image.width)×\(image.height) at (\(x), \(y)) of \(self.image.width)×\(self.image.height)")
        self.image.paste(image.convertedToRGB(), x: x, y: y)
    }

    /// The border of a rectangle, `thickness` pixels wide, inside its edges.
    public mutating func stroke(x: Int, y: Int, width: Int, height: Int, thickness: Int, _ color: Color) {
        let t = min(thickness, max(min(width, height) / 2, 1))
        fill(x: x, y: y, width: width, height: t, color)
        fill(x: x, y: y + height - t, width: width, height: t, color)
        fill(x: x, y: y + t, width: t, height: height - 2 * t, color)
        fill(x: x + width - t, y: y + t, width: t, height: height - 2 * t, color)
    }

    /// A round-ended line with smooth edges. Pixel centres lie at half integers.
    public mutating func line(
        fromX x0: Float, y y0: Float, toX x1: Float, y y1: Float, thickness: Float, _ color: Color
    ) {
        guard (x0 + y0 + x1 + y1).isFinite else { return }
        let reach = thickness / 2 + 1
        let columns = pixels(min(x0, x1) - reach, max(x0, x1) + reach, limit: image.width)
        let rows = pixels(min(y0, y1) - reach, max(y0, y1) + reach, limit: image.height)
        let (dx, dy) = (x1 - x0, y1 - y0)
        let lengthSquared = max(dx * dx + dy * dy, 1e-12)
        for row in rows {
            for column in columns {
                let (px, py) = (Float(column) + 0.5 - x0, Float(row) + 0.5 - y0)
                let t = min(max((px * dx + py * dy) / lengthSquared, 0), 1)
                let (ex, ey) = (px - t * dx, py - t * dy)
                let distance = (ex * ex + ey * ey).squareRoot()
                blend(column, row, color, coverage: thickness / 2 + 0.5 - distance)
            }
        }
    }

    private func pixels(_ low: Float, _ high: Float, limit: Int) -> Range<Int> {
        let start = Int(min(max(low, 0), Float(limit)))
        return start..<max(start, Int(min(max(high.rounded(.up), 0), Float(limit))))
    }
}
