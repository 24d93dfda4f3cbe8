import ApusVision

/// What an affine or projective transform draws.
public struct PlaneWarp: Codable, Hashable, Sendable {
    /// From the input's places to the output's.
    public var map: ProjectiveMap
    public var outputSize: ImageSize
    /// The part of the output that is kept; `nil` for all.
    public var window: CropFrame?

    public init(map: ProjectiveMap, outputSize: ImageSize, window: CropFrame? = nil) {
        (self.map, self.outputSize, self.window) = (map, outputSize, window)
    }

    func callAsFunction(_ point: Point) -> Point {
        let moved = map(point)
        return window?.bounded(moved) ?? moved
    }
}

/// What stands for an object while its box turns.
public enum BoxShape: String, CaseIterable, Sendable {
    /// The box itself: the hull of its corners.
    case largestBox = "largest_box"
    /// The ellipse inside it.
    case ellipse
}

/// A spatial transform that moves the whole plane by one map.
public protocol PlaneTransform: ReflectingTransform where Draw == PlaneWarp {
    var look: PlaneLook { get set }
}

extension PlaneTransform {
    public var border: BorderMode { look.border }

    public func apply(_ draw: PlaneWarp, to image: inout Raster) { warp(&image, draw, look.resampling, look.fill) }

    public func apply(_ draw: PlaneWarp, toMask mask: inout Raster) {
        warp(&mask, draw, look.maskResampling, look.maskFill)
    }

    private func warp(_ raster: inout Raster, _ draw: PlaneWarp, _ resampling: Resampling, _ fill: Fill) {
        raster = raster.warped(by: draw.map, to: draw.outputSize.bounded, resampling, border, fill)
        if let window = draw.window { raster = raster.framed(window.bounded, border, fill) }
    }

    public func apply(_ draw: PlaneWarp, to point: Point, in size: ImageSize) -> Point { draw(point) }

    public func apply(_ draw: PlaneWarp, to box: BoundingBox, in size: ImageSize) -> BoundingBox {
        let outline = look.boxShape == .ellipse ? box.ellipse : box.corners
        return BoundingBox(around: outline.map { draw($0) }) ?? box
    }

    public func mirrors(_ draw: PlaneWarp) -> Bool {
        let m = draw.map.elements
        return m[0] * m[4] < m[1] * m[3]
    }

    public func sourceRegion(_ draw: PlaneWarp, of size: ImageSize) -> (low: Point, high: Point) {
        let whole = (low: Point.zero, high: Point(Double(size.width), Double(size.height)))
        guard let inverse = draw.map.inverse, let first = draw.outputSize.corners.first else { return whole }
        return draw.outputSize.corners.reduce((inverse(first), inverse(first))) { region, corner in
            (pointwiseMin(region.0, inverse(corner)), pointwiseMax(region.1, inverse(corner)))
        }
    }
}
