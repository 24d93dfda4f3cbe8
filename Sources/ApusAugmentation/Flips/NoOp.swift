import ApusVision

/// Leaves everything as it is.
public struct NoOp: SpatialTransform {
    public init() {}

    public func apply(_ draw: NoDraw, to image: inout Raster) {}

    public func apply(_ draw: NoDraw, to point: Point, in size: ImageSize) -> Point { point }
}
