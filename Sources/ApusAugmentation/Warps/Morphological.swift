import ApusConfiguration
import ApusCore
import ApusVision
import CApusOpenCV

/// Grows what is bright, or what is dark, by an ellipse.
public struct Morphological: SpatialTransform {
    /// The ellipse's width and height in pixels.
    public var width = 2
    public var height = 3
    public var operation = Operation.dilation

    public enum Operation: String, CaseIterable, Sendable { case erosion, dilation }

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        var scale = width...max(width, height)
        try parameters.range("scale", &scale, single: .upTo(1), in: 1...255)
        (width, height) = (scale.lowerBound, scale.upperBound)
        try parameters.choice("operation", &operation)
    }

    public func apply(_ draw: NoDraw, to image: inout Raster) {
        image = OpenCV.map(image) { source, destination in
            apus_cv_morphology(source, destination, Int32(width), Int32(height), operation == .erosion ? 1 : 0)
        }
    }

    public func apply(_ draw: NoDraw, to point: Point, in size: ImageSize) -> Point { point }

    /// As its pixels, were they white on black: an edge of the image holds them.
    public func apply(_ draw: NoDraw, to box: BoundingBox, in size: ImageSize) -> BoundingBox {
        let (right, down) = (Float(width / 2), Float(height / 2))
        let (left, up) = (Float(width - 1) - right, Float(height - 1) - down)
        guard operation == .erosion else {
            return BoundingBox(
                minX: box.minX - left, minY: box.minY - up, maxX: box.maxX + right, maxY: box.maxY + down)
        }
        return BoundingBox(
            minX: box.minX <= 0 ? box.minX : box.minX + right, minY: box.minY <= 0 ? box.minY : box.minY + down,
            maxX: box.maxX >= Float(size.width) ? box.maxX : box.maxX - left,
            maxY: box.maxY >= Float(size.height) ? box.maxY : box.maxY - up)
    }
}
