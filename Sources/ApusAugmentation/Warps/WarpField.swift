import ApusVision
import CApusKernels
import Glibc

/// For each pixel of an output the place that it comes from, in pixel indices of the input.
struct WarpField: Hashable, Sendable {
    let size: ImageSize
    /// Row by row.
    private(set) var x, y: [Float]

    /// `fill(x, y)` writes every place.
    init(size: ImageSize, _ fill: (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>) -> Void) {
        (self.size, x, y) = (size, Self.plane(size), Self.plane(size))
        x.withUnsafeMutableBufferPointer { x in
            y.withUnsafeMutableBufferPointer { y in
                guard let x = x.baseAddress, let y = y.baseAddress else { return }
                fill(x, y)
            }
        }
    }

    /// Columns and rows that do not depend on each other.
    init(columns: [Float], rows: [Float]) {
        let width = columns.count
        self.init(size: ImageSize(width: width, height: rows.count)) { x, y in
            for (row, place) in rows.enumerated() {
                (x + row * width).update(from: columns, count: width)
                (y + row * width).update(repeating: place, count: width)
            }
        }
    }

    private static func plane(_ size: ImageSize) -> [Float] {
        [Float](repeating: 0, count: size.width * size.height)
    }

    /// Around the pixels that come from inside the box; `nil` where there are none.
    func hull(of box: BoundingBox) -> BoundingBox? {
        var hull: [Int32] = [0, 0, 0, 0]
        let found = apus_field_hull(
            x, y, Int32(size.width), Int32(size.height), [box.minX, box.minY, box.maxX, box.maxY], &hull)
        guard found else { return nil }
        return BoundingBox(minX: Float(hull[0]), minY: Float(hull[1]), maxX: Float(hull[2]), maxY: Float(hull[3]))
    }

    // MARK: - Where a point goes

    /// The place that comes from this point: the nearest pixel, then Newton's steps over the cells between pixels,
    /// which also lead out of the image.
    func place(of point: Point) -> Point {
        guard point.x.isFinite, point.y.isFinite else { return point }
        let target = point - 0.5
        let start = nearest(to: target)
        var place = start
        for _ in 0..<12 {
            let (value, alongX, alongY) = linear(at: place)
            let rest = target - value
            let determinant = alongX.x * alongY.y - alongX.y * alongY.x
            guard abs(determinant) > 1e-9 else { return start + 0.5 }
            let step = Point(
                (rest.x * alongY.y - rest.y * alongY.x) / determinant,
                (alongX.x * rest.y - alongX.y * rest.x) / determinant)
            place += pointwiseMax(pointwiseMin(step, Point(64, 64)), Point(-64, -64))
            if abs(step.x) + abs(step.y) < 1e-6 { break }
        }
        let rest = linear(at: place).value - target
        return abs(rest.x) + abs(rest.y) < 0.05 ? place + 0.5 : start + 0.5
    }

    /// The pixel that comes from nearest to the place.
    private func nearest(to target: Point) -> Point {
        let (width, height) = (size.width, size.height)
        let step = max(min(width, height) / 64, 1)
        let coarse = nearest(to: target, columns: 0..<width, rows: 0..<height, step: step)
        let (column, row) = (coarse % width, coarse / width)
        let fine = nearest(
            to: target, columns: max(column - step, 0)..<min(column + step + 1, width),
            rows: max(row - step, 0)..<min(row + step + 1, height), step: 1)
        return Point(Double(fine % width), Double(fine / width))
    }

    private func nearest(to target: Point, columns: Range<Int>, rows: Range<Int>, step: Int) -> Int {
        Int(
            apus_field_nearest(
                x, y, Int32(size.width), [Int32(columns.lowerBound), Int32(columns.upperBound)],
                [Int32(rows.lowerBound), Int32(rows.upperBound)], Int32(step), Float(target.x), Float(target.y)))
    }

    /// The field between pixels, and its slopes; outside as in the nearest cell.
    private func linear(at place: Point) -> (value: Point, alongX: Point, alongY: Point) {
        let column = Int(floor(place.x).clamped(to: 0...Double(max(size.width - 2, 0))))
        let row = Int(floor(place.y).clamped(to: 0...Double(max(size.height - 2, 0))))
        let here = self[column, row]
        let right = size.width > 1 ? self[column + 1, row] - here : Point(1, 0)
        let below = size.height > 1 ? self[column, row + 1] - here : Point(0, 1)
        let twist = size.width > 1 && size.height > 1 ? self[column + 1, row + 1] - here - right - below : .zero
        let fraction = Point(place.x - Double(column), place.y - Double(row))
        let value = here + right * fraction.x + below * fraction.y + twist * (fraction.x * fraction.y)
        return (value, right + twist * fraction.y, below + twist * fraction.x)
    }

    private subscript(column: Int, row: Int) -> Point {
        let index = row * size.width + column
        return Point(Double(x[index]), Double(y[index]))
    }
}
