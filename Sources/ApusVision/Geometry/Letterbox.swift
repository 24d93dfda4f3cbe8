/// The input of a model and how images of other shapes are fitted into it.
public struct LetterboxSpecification: Codable, Hashable, Sendable {
    /// The model's input extents, in pixels.
    public var width, height: Int
    /// The grey that fills what the image does not cover.
    public var padding: UInt8
    /// Whether images smaller than the input are enlarged.
    public var allowsUpscaling: Bool

    public init(width: Int, height: Int, padding: UInt8 = 114, allowsUpscaling: Bool = true) {
        (self.width, self.height, self.padding, self.allowsUpscaling) = (width, height, padding, allowsUpscaling)
    }
}

/// How one image lies in a model's input: scaled with its aspect kept, and centred on padding.
public struct Letterbox: Hashable, Sendable {
    public let specification: LetterboxSpecification
    public let imageWidth, imageHeight: Int
    /// Model pixels an image pixel.
    public let scale: Float
    /// Where the image begins in the input.
    public let left, top: Int
    /// The extents of the image in the input.
    public let contentWidth, contentHeight: Int

    public init(_ specification: LetterboxSpecification, imageWidth: Int, imageHeight: Int) {
        precondition(imageWidth > 0 && imageHeight > 0, "an image of \(imageWidth)×\(imageHeight) has no pixels")
        let (width, height) = (Double(specification.width), Double(specification.height))
        var ratio = min(height / Double(imageHeight), width / Double(imageWidth))
        if !specification.allowsUpscaling { ratio = min(ratio, 1) }
        let content = (Self.side(imageWidth, ratio), Self.side(imageHeight, ratio))
        self.specification = specification
        (self.imageWidth, self.imageHeight) = (imageWidth, imageHeight)
        (contentWidth, contentHeight) = content
        scale = Float(ratio)
        left = Self.margin(width - Double(content.0))
        top = Self.margin(height - Double(content.1))
    }

    /// Half to even, as Python rounds.
    private static func side(_ length: Int, _ ratio: Double) -> Int {
        max(1, Int((Double(length) * ratio).rounded(.toNearestOrEven)))
    }

    /// Half the padding; an odd pixel goes to the far side.
    private static func margin(_ padding: Double) -> Int {
        max(0, Int((padding / 2 - 0.1).rounded(.toNearestOrEven)))
    }

    /// The model's input: `image` resized onto padding.
    public func apply(_ image: Image) -> Image {
        precondition(image.width == imageWidth && image.height == imageHeight, "a letterbox of another image size")
        let channels = image.channels
        let stride = specification.width * channels
        return Image(uninitializedWidth: specification.width, height: specification.height, channels: channels) {
            $0.update(repeating: specification.padding)
            let origin = $0.baseAddress! + top * stride + left * channels
            image.resize(to: contentWidth, contentHeight, into: origin, stride: stride)
        }
    }

    /// A box of the image, in model pixels.
    public func toModel(_ box: BoundingBox) -> BoundingBox {
        BoundingBox(
            minX: box.minX * scale + Float(left), minY: box.minY * scale + Float(top),
            maxX: box.maxX * scale + Float(left), maxY: box.maxY * scale + Float(top))
    }

    /// A box of the model, in image pixels and inside the image.
    public func toImage(_ box: BoundingBox) -> BoundingBox {
        BoundingBox(
            minX: (box.minX - Float(left)) / scale, minY: (box.minY - Float(top)) / scale,
            maxX: (box.maxX - Float(left)) / scale, maxY: (box.maxY - Float(top)) / scale
        ).clipped(width: Float(imageWidth), height: Float(imageHeight))
    }
}
