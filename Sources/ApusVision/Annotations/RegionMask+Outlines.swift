extension RegionMask {
    /// The outer edges of the object's parts as polygons in pixels of the image, the largest part first.
    ///
    /// Corners lie between pixels; parts that touch at a corner alone are apart, and holes are filled, for which
    /// COCO's polygons have no form: the runs are exact.
    ///
    /// - Parameter tolerance: how far in pixels an edge may run beside the true one; 0 keeps every corner
    ///   (Douglas and Peucker, <https://doi.org/10.3138/FM57-6770-U75U-7727>).
    public func polygons(tolerance: Float = 0) -> [[SIMD2<Float>]] {
        var tracer = OutlineTracer(self)
        let loops = tracer.outerLoops().sorted { $0.doubledArea > $1.doubledArea }
        return loops.map { loop in
            let points = loop.map { SIMD2(Float(left + $0.x), Float(top + $0.y)) }
            return tolerance > 0 ? simplified(points, tolerance) : points
        }
    }
}

extension [SIMD2<Int>] {
    /// Twice the enclosed area; positive where the loop goes clockwise as seen.
    fileprivate var doubledArea: Int {
        indices.reduce(0) { sum, index in
            let (a, b) = (self[index], self[(index + 1) % count])
            return sum + a.x * b.y - a.y * b.x
        }
    }
}

/// Walks along the edges between pixels with the object on the right.
private struct OutlineTracer {
    private let mask: RegionMask
    /// Pixels whose left edge a loop has taken.
    private var taken: RegionMask

    init(_ mask: RegionMask) {
        self.mask = mask
        taken = RegionMask(
            imageWidth: mask.width, imageHeight: mask.height, left: 0, top: 0, width: mask.width, height: mask.height)
    }

    private func isInside(_ x: Int, _ y: Int) -> Bool { mask[mask.left + x, mask.top + y] }

    /// Loops around holes go the other way and are left out.
    mutating func outerLoops() -> [[SIMD2<Int>]] {
        var starts = [SIMD2<Int>]()
        mask.forEachRun { column, rows in
            for row in rows where !isInside(column - 1, row) { starts.append(SIMD2(column, row)) }
        }
        var loops = [[SIMD2<Int>]]()
        for start in starts where !taken[start.x, start.y] {
            let loop = self.loop(from: start)
            if loop.doubledArea > 0 { loops.append(loop) }
        }
        return loops
    }

    /// The corners of the loop that goes up along the left edge of a pixel.
    private mutating func loop(from pixel: SIMD2<Int>) -> [SIMD2<Int>] {
        let start = SIMD2(pixel.x, pixel.y + 1)
        var (place, direction) = (start, SIMD2(0, -1))
        var corners = [SIMD2<Int>]()
        repeat {
            if direction.y < 0 { taken.fill(column: place.x, (place.y - 1)..<place.y) }
            place = place &+ direction
            let turned = next(direction, at: place)
            if turned != direction { corners.append(place) }
            direction = turned
        } while place != start || direction != SIMD2(0, -1)
        return corners
    }

    /// Right where the pixel ahead on the right is none of the object's, left where both ahead are.
    private func next(_ direction: SIMD2<Int>, at place: SIMD2<Int>) -> SIMD2<Int> {
        let right = SIMD2(-direction.y, direction.x)
        guard isInside(ahead(direction, right, place)) else { return right }
        let left = SIMD2(direction.y, -direction.x)
        return isInside(ahead(direction, left, place)) ? left : direction
    }

    private func isInside(_ pixel: SIMD2<Int>) -> Bool { isInside(pixel.x, pixel.y) }

    /// The pixel whose corner `place` is, in front and on one side.
    private func ahead(_ direction: SIMD2<Int>, _ side: SIMD2<Int>, _ place: SIMD2<Int>) -> SIMD2<Int> {
        let step = direction &+ side
        return SIMD2(step.x > 0 ? place.x : place.x - 1, step.y > 0 ? place.y : place.y - 1)
    }
}

/// A closed line with fewer corners, cut at its first corner and the one farthest from it.
private func simplified(_ ring: [SIMD2<Float>], _ tolerance: Float) -> [SIMD2<Float>] {
    guard ring.count > 4 else { return ring }
    let far = ring.indices.max { squaredLength(ring[$0] - ring[0]) < squaredLength(ring[$1] - ring[0]) } ?? 0
    let closed = ring + [ring[0]]
    var kept = [Bool](repeating: false, count: closed.count)
    for end in [0, far, closed.count - 1] { kept[end] = true }
    var open = [0..<far, far..<(closed.count - 1)]
    while let part = open.popLast() {
        guard let worst = farthest(closed, part), worst.distance > tolerance else { continue }
        kept[worst.index] = true
        open += [part.lowerBound..<worst.index, worst.index..<part.upperBound]
    }
    let result = ring.indices.filter { kept[$0] }.map { ring[$0] }
    return result.count > 2 ? result : ring
}

private func squaredLength(_ v: SIMD2<Float>) -> Float { v.x * v.x + v.y * v.y }

/// The corner between the ends of a part that lies farthest from the line between them.
private func farthest(_ points: [SIMD2<Float>], _ part: Range<Int>) -> (index: Int, distance: Float)? {
    guard part.count > 1 else { return nil }
    let (start, end) = (points[part.lowerBound], points[part.upperBound])
    let side = end - start
    let length = squaredLength(side)
    var best = (index: part.lowerBound + 1, distance: -Float.infinity)
    for index in (part.lowerBound + 1)..<part.upperBound {
        let offset = points[index] - start
        let along = length > 0 ? min(max((offset.x * side.x + offset.y * side.y) / length, 0), 1) : 0
        let distance = squaredLength(offset - side * along).squareRoot()
        if distance > best.distance { best = (index, distance) }
    }
    return best
}
