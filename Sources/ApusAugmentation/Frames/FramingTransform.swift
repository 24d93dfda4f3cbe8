import ApusVision

/// A spatial transform that takes a rectangle of the image and brings it to a size: crops, paddings, resizings.
public protocol FramingTransform: ReflectingTransform where Draw == CropFrame {
    var resampling: Resampling { get }
    var maskResampling: Resampling { get }
    var areaUse: AreaUse { get }
    var fill: Fill { get }
    var maskFill: Fill { get }
}

extension FramingTransform {
    public var resampling: Resampling { .linear }
    public var maskResampling: Resampling { .nearest }
    public var areaUse: AreaUse { .never }
    public var border: BorderMode { .constant }
    public var fill: Fill { .zero }
    public var maskFill: Fill { .zero }

    public func apply(_ draw: CropFrame, to image: inout Raster) {
        image.frame(draw.bounded, border, fill, areaUse == .never ? (resampling, resampling) : (resampling, .area))
    }

    public func apply(_ draw: CropFrame, toMask mask: inout Raster) {
        let shrinking = areaUse == .imageMask ? Resampling.area : maskResampling
        mask.frame(draw.bounded, border, maskFill, (maskResampling, shrinking))
    }

    public func apply(_ draw: CropFrame, to point: Point, in size: ImageSize) -> Point { draw.bounded(point) }

    public func sourceRegion(_ draw: CropFrame, of size: ImageSize) -> (low: Point, high: Point) {
        let frame = draw.bounded
        let low = Point(Double(frame.x), Double(frame.y))
        return (low, low + Point(Double(frame.size.width), Double(frame.size.height)))
    }
}

/// Which rasters are averaged over areas where they shrink.
public enum AreaUse: String, CaseIterable, Sendable {
    case never
    case image
    case imageMask = "image_mask"
}

extension Raster {
    /// - Parameter resampling: where the rectangle grows, and where one of its sides shrinks.
    mutating func frame(
        _ frame: CropFrame, _ border: BorderMode, _ fill: Fill, _ resampling: (grows: Resampling, shrinks: Resampling)
    ) {
        let isWhole = frame.x == 0 && frame.y == 0 && frame.size == size
        let shrinks = frame.output.width < frame.size.width || frame.output.height < frame.size.height
        let method = shrinks ? resampling.shrinks : resampling.grows
        guard frame.output != frame.size else {
            if !isWhole { self = framed(frame, border, fill) }
            return
        }
        guard !isBilinear(method) else { return self = windowed(frame, border, fill) }
        self = (isWhole ? self : framed(frame, border, fill)).resampled(to: frame.output, method)
    }
}
