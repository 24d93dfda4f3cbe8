/// A rectangle of an image, which may reach beyond it, and the size that it is brought to: what crops, paddings and
/// resizings draw.
public struct CropFrame: Codable, Hashable, Sendable {
    /// The upper left corner, in pixels of the image.
    public var x, y: Int
    public var size: ImageSize
    public var output: ImageSize

    public init(x: Int = 0, y: Int = 0, size: ImageSize, output: ImageSize? = nil) {
        (self.x, self.y, self.size, self.output) = (x, y, size, output ?? size)
    }

    /// From the upper left corner to the lower right one, not included.
    init(x: Range<Int>, y: Range<Int>, output: ImageSize? = nil) {
        self.init(
            x: x.lowerBound, y: y.lowerBound, size: ImageSize(width: x.count, height: y.count), output: output)
    }

    /// The same within what images can be, so that no draw from a file can ask for more.
    var bounded: CropFrame {
        let places = -(1 << 20)...(1 << 20)
        return CropFrame(
            x: x.clamped(to: places), y: y.clamped(to: places), size: size.bounded, output: output.bounded)
    }

    func callAsFunction(_ point: Point) -> Point {
        let scale = Point(
            Double(output.width) / Double(size.width), Double(output.height) / Double(size.height))
        return (point - Point(Double(x), Double(y))) * scale
    }

    /// So many pixels of each side of an image left out (below 0: added).
    static func cutting(_ size: ImageSize, left: Int, top: Int, right: Int, bottom: Int) -> CropFrame {
        CropFrame(
            x: left, y: top, size: ImageSize(width: size.width - left - right, height: size.height - top - bottom))
    }
}

extension ImageSize {
    /// Sides that OpenCV takes, and an area of 2²⁸ pixels at most.
    var bounded: ImageSize {
        let width = width.clamped(to: 1...32_766)
        return ImageSize(width: width, height: height.clamped(to: 1...min(32_766, (1 << 28) / width)))
    }
}

extension Comparable {
    /// The nearest value in the range; what is no number is its lower bound.
    func clamped(to range: ClosedRange<Self>) -> Self { min(range.upperBound, max(range.lowerBound, self)) }
}
