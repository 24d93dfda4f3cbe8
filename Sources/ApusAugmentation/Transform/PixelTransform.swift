/// A transform of the image alone: masks, boxes, polygons and points stay.
public protocol PixelTransform: Transform {
    func apply(_ draw: Draw, to image: inout Raster)
}

/// A transform of RGB images; others it leaves alone.
public protocol RGBTransform: PixelTransform {}

extension RGBTransform {
    public func channels(after channels: Int) -> Int? { channels == 3 ? 3 : nil }
}

extension PixelTransform {
    public func apply(_ draw: Draw, to sample: inout Sample) { apply(draw, to: &sample.image) }
}
