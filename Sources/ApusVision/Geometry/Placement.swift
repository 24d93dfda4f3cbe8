/// How one image lies in a model's input: resized whole to the content's extents and moved; what hangs over is cut,
/// what is not covered is padding.
public struct Placement: Hashable, Sendable {
    public let imageWidth, imageHeight: Int
    public let inputWidth, inputHeight: Int
    /// The extents of the whole image once it is resized.
    public let contentWidth, contentHeight: Int
    /// Where the resized image begins in the input; negative where it is cut.
    public let left, top: Int
    /// Input pixels an image pixel.
    public let scaleX, scaleY: Float

    public init(
        imageWidth: Int, imageHeight: Int, inputWidth: Int, inputHeight: Int, contentWidth: Int, contentHeight: Int,
        left: Int = 0, top: Int = 0, scaleX: Float? = nil, scaleY: Float? = nil
    ) {
        precondition(imageWidth > 0 && imageHeight > 0, "an image of \(imageWidth)×\(imageHeight) has no pixels")
        (self.imageWidth, self.imageHeight) = (imageWidth, imageHeight)
        (self.inputWidth, self.inputHeight) = (inputWidth, inputHeight)
        (self.contentWidth, self.contentHeight) = (contentWidth, contentHeight)
        (self.left, self.top) = (left, top)
        self.scaleX = scaleX ?? Float(contentWidth) / Float(imageWidth)
        self.scaleY = scaleY ?? Float(contentHeight) / Float(imageHeight)
    }

    public init(_ letterbox: Letterbox) {
        self.init(
            imageWidth: letterbox.imageWidth, imageHeight: letterbox.imageHeight,
            inputWidth: letterbox.specification.width, inputHeight: letterbox.specification.height,
            contentWidth: letterbox.contentWidth, contentHeight: letterbox.contentHeight, left: letterbox.left,
            top: letterbox.top, scaleX: letterbox.scale, scaleY: letterbox.scale)
    }

    /// The columns and rows of the input that the image covers.
    public var covered: (columns: Range<Int>, rows: Range<Int>) {
        let columns = max(left, 0)..<max(min(left + contentWidth, inputWidth), max(left, 0))
        return (columns, max(top, 0)..<max(min(top + contentHeight, inputHeight), max(top, 0)))
    }

    /// A point of the input, in pixels of the image; it may lie outside.
    public func toImage(x: Float, y: Float) -> (x: Float, y: Float) {
        ((x - Float(left)) / scaleX, (y - Float(top)) / scaleY)
    }

    /// A box of the input, in pixels of the image and inside it.
    public func toImage(_ box: BoundingBox) -> BoundingBox {
        let (low, high) = (toImage(x: box.minX, y: box.minY), toImage(x: box.maxX, y: box.maxY))
        return BoundingBox(minX: low.x, minY: low.y, maxX: high.x, maxY: high.y)
            .clipped(width: Float(imageWidth), height: Float(imageHeight))
    }
}
