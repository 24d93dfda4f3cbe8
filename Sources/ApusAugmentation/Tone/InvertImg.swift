/// The negative.
public struct InvertImg: PixelTransform {
    public init() {}

    public func apply(_ draw: NoDraw, to image: inout Raster) {
        image.map(byteTable { 255 - $0 }) { for index in $0.indices { $0[index] = 1 - $0[index] } }
    }
}
