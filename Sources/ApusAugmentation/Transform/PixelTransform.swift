/// A transform of the image alone: masks, boxes, polygons and points stay.
public protocol PixelTransform: Transform {
    func apply(_ draw: Draw, to image: inout Raster)
}

extension PixelTransform {
    public func apply(_ draw: Draw, to sample: inout Sample) { apply(draw, to: &sample.image) }
}
