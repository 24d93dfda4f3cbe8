import ApusVision

/// A rectangle of whole pixels.
public struct PixelRectangle: Codable, Hashable, Sendable {
    public var left, top, width, height: Int

    public init(left: Int, top: Int, width: Int, height: Int) {
        (self.left, self.top, self.width, self.height) = (left, top, width, height)
    }

    var size: ImageSize { ImageSize(width: width, height: height) }
    var isEmpty: Bool { width <= 0 || height <= 0 }

    /// The part inside an image of this size; empty where there is none, or where the numbers are beyond reason.
    func clipped(to size: ImageSize) -> PixelRectangle {
        func span(_ start: Int, _ length: Int, _ limit: Int) -> (start: Int, length: Int) {
            let low = min(max(start, 0), limit)
            let (end, isTooLarge) = start.addingReportingOverflow(length)
            return (low, isTooLarge ? 0 : max(min(end, limit) - low, 0))
        }
        let (x, y) = (span(left, width, size.width), span(top, height, size.height))
        return PixelRectangle(left: x.start, top: y.start, width: x.length, height: y.length)
    }

    func contains(_ x: Int, _ y: Int) -> Bool {
        x >= left && x < left + width && y >= top && y < top + height
    }

    var box: BoundingBox {
        BoundingBox(minX: Float(left), minY: Float(top), maxX: Float(left + width), maxY: Float(top + height))
    }
}
