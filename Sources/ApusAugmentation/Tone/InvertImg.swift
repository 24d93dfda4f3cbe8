/// The negative.
public struct InvertImg: PixelTransform {
    public init() {}

    public func apply(_ draw: NoDraw, to image: inout Raster) {
        image.modify(
            uint8: { for index in $0.indices { $0[index] = ~$0[index] } },
            float32: { for index in $0.indices { $0[index] = 1 - $0[index] } })
    }
}
