import ApusVision
import Glibc

/// A spatial transform whose border may mirror the image: boxes, polygons and points are there as often as the picture
/// shows them.
public protocol ReflectingTransform: SpatialTransform {
    var border: BorderMode { get }

    /// The part of the source's plane that the result shows.
    func sourceRegion(_ draw: Draw, of size: ImageSize) -> (low: Point, high: Point)
}

extension ReflectingTransform {
    public func apply(
        _ draw: Draw, to boxes: [SampleBox], from size: ImageSize, to newSize: ImageSize
    ) -> [SampleBox] {
        let originals = boxes.map { $0.moved(to: apply(draw, to: $0.box, in: size)) }
        let cells = mirrorCells(draw, of: size)
        guard !cells.isEmpty else { return originals }
        let copies = cells.flatMap { cell in
            boxes.map { $0.moved(to: apply(draw, to: cell.map($0.box), in: size)) }
        }
        return originals + copies.filter { $0.box.clipped(to: newSize).area > 0 }
    }

    public func apply(
        _ draw: Draw, to boxes: [RotatedBox], from size: ImageSize, to newSize: ImageSize
    ) -> [RotatedBox] {
        let cells = mirrorCells(draw, of: size)
        let mirrored = cells.flatMap { cell in boxes.map { $0.moved(toCorners: $0.corners.map(cell.map)) } }
        return (boxes + mirrored).map { apply(draw, to: $0, in: size) }
    }

    public func apply(
        _ draw: Draw, to polygons: [Polygon], from size: ImageSize, to newSize: ImageSize
    ) -> [Polygon] {
        let cells = mirrorCells(draw, of: size)
        let mirrored = cells.flatMap { cell in
            polygons.map { polygon in
                Polygon(
                    rings: polygon.rings.map { $0.map { cell.map($0) } }, label: polygon.label, index: polygon.index)
            }
        }
        return (polygons + mirrored).map { apply(draw, to: $0, in: size) }
    }

    /// Mirrored skeletons of which at least one point is in sight follow the originals.
    public func apply(
        _ draw: Draw, to keypoints: [Keypoints], mirror: [Int], from size: ImageSize, to newSize: ImageSize
    ) -> [Keypoints] {
        let originals = keypoints.map { object in object.moved { apply(draw, to: $0, in: size) } }
        let copies = mirrorCells(draw, of: size).flatMap { cell in
            keypoints.map { object in
                object.moved { apply(draw, to: cell.map($0), in: size) }.reordered(cell.isMirrored ? mirror : [])
            }
        }
        return originals + copies.filter { $0.isInSight(of: newSize) }
    }

    private func mirrorCells(_ draw: Draw, of size: ImageSize) -> [MirrorCell] {
        guard border == .reflect || border == .reflect101 else { return [] }
        let region = sourceRegion(draw, of: size)
        return MirrorCell.cells(of: size, from: region.low, to: region.high, sharesEdge: border == .reflect101)
    }
}

/// A copy of the image that a reflecting border shows: so many images to the right and below.
struct MirrorCell: Hashable {
    var column, row: Int
    /// From one copy to the next; a pixel less than the image where they share their edge pixels.
    var pitch: Point
    var extent: Point

    /// Whether left and right are exchanged.
    var isMirrored: Bool { (column + row) % 2 != 0 }

    func map(_ point: Point) -> Point {
        Point(
            Double(column) * pitch.x + (column % 2 == 0 ? point.x : extent.x - point.x),
            Double(row) * pitch.y + (row % 2 == 0 ? point.y : extent.y - point.y))
    }

    func map(_ box: BoundingBox) -> BoundingBox { BoundingBox(around: box.corners.map { map($0) }) ?? box }

    /// The copies, without the image itself, that a region shows; at most eight on each side.
    static func cells(of size: ImageSize, from low: Point, to high: Point, sharesEdge: Bool) -> [MirrorCell] {
        let extent = Point(Double(size.width), Double(size.height))
        let pitch = pointwiseMax(extent - (sharesEdge ? 1 : 0), Point(1, 1))
        let first = low / pitch
        let last = high / pitch
        guard [first.x, first.y, last.x, last.y].allSatisfy(\.isFinite) else { return [] }
        func span(_ from: Double, _ to: Double) -> ClosedRange<Int> {
            let low = Int(floor(from).clamped(to: -8...0))
            return low...max(low, Int((to.rounded(.up) - 1).clamped(to: 0...8)))
        }
        return span(first.y, last.y).flatMap { row in
            span(first.x, last.x).map { MirrorCell(column: $0, row: row, pitch: pitch, extent: extent) }
        }.filter { $0.column != 0 || $0.row != 0 }
    }
}
