/// A rectangle of an image that is looked at alone, in pixels; it may hang over the edges.
public struct ImageWindow: Hashable, Sendable {
    public var left, top, width, height: Float

    public init(left: Float, top: Float, width: Float, height: Float) {
        (self.left, self.top, self.width, self.height) = (left, top, width, height)
    }

    /// A box enlarged about its centre, then widened or heightened to an input's shape: top-down pose's crop.
    ///
    /// - Parameter factor: how much larger each side becomes.
    /// - Returns: `nil` where the box has no area or is not finite.
    public init?(around box: BoundingBox, enlargedBy factor: Float, toShapeOf width: Int, _ height: Int) {
        guard box.area > 0, (box.minX + box.minY + box.maxX + box.maxY).isFinite else { return nil }
        let aspect = Float(width) / Float(height)
        let across = max(box.width, box.height * aspect) * factor
        let (x, y) = (box.centerX, box.centerY)
        self.init(left: x - across / 2, top: y - across / aspect / 2, width: across, height: across / aspect)
    }
}

extension Image {
    /// A window resized to whole pixels, bilinear without antialiasing; `padding` where it hangs over.
    public func sampled(_ window: ImageWindow, width: Int, height: Int, padding: UInt8 = 0) -> Image {
        let columns = Self.samples(window.left, window.width / Float(width), width)
        let rows = Self.samples(window.top, window.height / Float(height), height)
        return Image(uninitializedWidth: width, height: height, channels: channels) { output in
            pixels.withUnsafeBufferPointer { input in
                let source = SampledPixels(
                    pixels: input, width: self.width, height: self.height, channels: channels, padding: Float(padding))
                var place = 0
                for row in rows {
                    for column in columns {
                        for channel in 0..<channels {
                            output[place] = source.value(column, row, channel)
                            place += 1
                        }
                    }
                }
            }
        }
    }

    /// For each output pixel the pixel before it and how far beyond that one's centre it lies.
    private static func samples(_ start: Float, _ step: Float, _ count: Int) -> [(first: Int, weight: Float)] {
        (0..<count).map { index in
            let place = start + (Float(index) + 0.5) * step - 0.5
            let limited = min(max(place, -1e6), 1e6).rounded(.down)
            return (Int(limited), min(max(place - limited, 0), 1))
        }
    }
}

private struct SampledPixels {
    let pixels: UnsafeBufferPointer<UInt8>
    let width, height, channels: Int
    let padding: Float

    func value(_ column: (first: Int, weight: Float), _ row: (first: Int, weight: Float), _ channel: Int) -> UInt8 {
        let upper = blended(column, row.first, channel)
        let lower = blended(column, row.first + 1, channel)
        return UInt8((upper + row.weight * (lower - upper)).rounded())
    }

    private func blended(_ column: (first: Int, weight: Float), _ y: Int, _ channel: Int) -> Float {
        let left = pixel(column.first, y, channel)
        return left + column.weight * (pixel(column.first + 1, y, channel) - left)
    }

    private func pixel(_ x: Int, _ y: Int, _ channel: Int) -> Float {
        guard x >= 0, y >= 0, x < width, y < height else { return padding }
        return Float(pixels[(y * width + x) * channels + channel])
    }
}
