import ApusVision

/// Fits the image into a model's input, its shape kept, as evaluation and inference do.
public struct LetterBox: Transform {
    public var specification: LetterboxSpecification

    public init(_ specification: LetterboxSpecification) { self.specification = specification }

    public func draw(for size: ImageSize, using generator: inout some RandomNumberGenerator) -> Letterbox? {
        Letterbox(specification, imageWidth: size.width, imageHeight: size.height)
    }

    public func apply(_ draw: Letterbox, to image: Image) -> Image { draw.apply(image) }

    public func apply(_ draw: Letterbox, to point: SIMD2<Float>, in size: ImageSize) -> SIMD2<Float> {
        point * draw.scale + SIMD2(Float(draw.left), Float(draw.top))
    }
}
