import ApusVision
import CApusKernels

/// The eight ways to lay a rectangle on its own axes, by Albumentations' names: the dihedral group D4.
public enum Symmetry: String, Codable, CaseIterable, Sendable {
    case identity = "e"
    /// Counter-clockwise.
    case quarter = "r90"
    case half = "r180"
    case threeQuarters = "r270"
    case vertical = "v"
    /// Mirrored about the other diagonal.
    case antitranspose = "hvt"
    case horizontal = "h"
    case transpose = "t"

    /// Whether rows become columns, before what follows.
    var transposes: Bool { [.quarter, .threeQuarters, .antitranspose, .transpose].contains(self) }
    var mirrorsX: Bool { [.half, .threeQuarters, .antitranspose, .horizontal].contains(self) }
    var mirrorsY: Bool { [.quarter, .half, .antitranspose, .vertical].contains(self) }

    /// Whether left and right are exchanged.
    var isMirrored: Bool { transposes != (mirrorsX != mirrorsY) }

    func callAsFunction(_ size: ImageSize) -> ImageSize {
        transposes ? ImageSize(width: size.height, height: size.width) : size
    }

    func callAsFunction(_ point: Point, in size: ImageSize) -> Point {
        let turned = transposes ? Point(point.y, point.x) : point
        let extent = self(size)
        return Point(
            mirrorsX ? Double(extent.width) - turned.x : turned.x,
            mirrorsY ? Double(extent.height) - turned.y : turned.y)
    }

    func callAsFunction(_ raster: inout Raster) {
        guard transposes else { return mirror(&raster) }
        let (source, bytes) = (raster.size, Int32(raster.pixelBytes))
        raster = raster.mappedBytes(to: self(source)) { from, to in
            apus_transpose_pixels(
                from.baseAddress, Int32(source.width), Int32(source.height), bytes, mirrorsX ? 1 : 0, mirrorsY ? 1 : 0,
                to.baseAddress)
        }
    }

    private func mirror(_ raster: inout Raster) {
        if mirrorsX { HorizontalFlip().apply(NoDraw(), to: &raster) }
        if mirrorsY { VerticalFlip().apply(NoDraw(), to: &raster) }
    }
}

/// A spatial transform whose draw is one of the eight symmetries.
public protocol SymmetryTransform: SpatialTransform where Draw == Symmetry {}

extension SymmetryTransform {
    public static var standardProbability: Double { 1 }

    public func apply(_ draw: Symmetry, to image: inout Raster) { draw(&image) }

    public func apply(_ draw: Symmetry, to point: Point, in size: ImageSize) -> Point { draw(point, in: size) }

    public func mirrors(_ draw: Symmetry) -> Bool { draw.isMirrored }
}
