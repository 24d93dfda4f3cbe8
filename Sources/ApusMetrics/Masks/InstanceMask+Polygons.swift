extension InstanceMask {
    /// The pixels that rings of points enclose, each ring x, y, x, y, … in pixels; equal to COCO's own masks.
    ///
    /// Every ring is drawn at five times its size as a line of dots. Where the line steps over the middle of a column
    /// of pixels, inside begins or ends; overlapping rings are one object.
    ///
    /// - Throws: `EvaluationError.unusableMask` for rings of fewer than three points, coordinates that are not finite
    ///   or beyond a million, and too large images.
    public init(rings: [[Double]], width: Int, height: Int) throws(EvaluationError) {
        try Self.checkSize(width, height)
        guard !rings.isEmpty else { throw .unusableMask(entry: "a mask", reason: "no polygon at all") }
        guard width > 0, height > 0 else {
            throw .unusableMask(entry: "a mask", reason: "polygons need the width and the height of their image")
        }
        var edges: [UInt32] = []
        for ring in rings { edges += try ringEdges(ring, width: width, height: height) }
        self.init(width: width, height: height, edges: rings.count == 1 ? edges : united(edges))
    }
}

/// Lines are drawn this many times larger than the image.
private let enlargement = 5

private func ringEdges(_ ring: [Double], width: Int, height: Int) throws(EvaluationError) -> [UInt32] {
    guard ring.count >= 6, ring.count % 2 == 0 else {
        throw .unusableMask(
            entry: "a mask", reason: "a polygon of \(ring.count) numbers, expected pairs for at least three points")
    }
    guard ring.allSatisfy({ abs($0) <= 1e6 }) else {
        throw .unusableMask(entry: "a mask", reason: "a polygon's point is beyond a million pixels or not a number")
    }
    var tracer = OutlineTracer(width: width, height: height)
    let points = ring.map { Int($0 * Double(enlargement) + 0.5) }
    for index in stride(from: 0, to: points.count, by: 2) {
        let next = (index + 2) % points.count
        tracer.draw(from: SIMD2(points[index], points[index + 1]), to: SIMD2(points[next], points[next + 1]))
    }
    return tracer.edges
}

/// Walks along a closed line of dots and notes where it steps over the middle of a column.
private struct OutlineTracer {
    let width, height: Int
    private var last: SIMD2<Int>?
    private var crossings: [UInt32] = []

    init(width: Int, height: Int) { (self.width, self.height) = (width, height) }

    /// One dot for each step of the longer extent, the other one rounded.
    mutating func draw(from start: SIMD2<Int>, to end: SIMD2<Int>) {
        let (dx, dy) = (abs(end.x - start.x), abs(end.y - start.y))
        let isFlat = dx >= dy
        let isBackward = isFlat ? start.x > end.x : start.y > end.y
        let (low, high) = isBackward ? (end, start) : (start, end)
        let steps = isFlat ? dx : dy
        let rise = isFlat ? high.y - low.y : high.x - low.x
        // A line of no length has no slope, and a single dot.
        let slope = steps == 0 ? 0 : Double(rise) / Double(steps)
        for count in 0...steps {
            let step = isBackward ? steps - count : count
            let offset = slope * Double(step)
            visit(
                isFlat
                    ? SIMD2(low.x + step, Int(Double(low.y) + offset + 0.5))
                    : SIMD2(Int(Double(low.x) + offset + 0.5), low.y + step))
        }
    }

    private mutating func visit(_ dot: SIMD2<Int>) {
        defer { last = dot }
        guard let last, dot.x != last.x else { return }
        // Dots of column c's middle end at 5 · c + 2.
        let place = (dot.x < last.x ? dot.x : dot.x - 1) - enlargement / 2
        guard place >= 0, place % enlargement == 0, place / enlargement < width else { return }
        let above = min(dot.y, last.y) + enlargement / 2
        let row = above < 0 ? 0 : min(above / enlargement, height)
        crossings.append(UInt32(place / enlargement * height + row))
    }

    /// Between crossings in turn; two at one place are none.
    var edges: [UInt32] {
        var result: [UInt32] = []
        for crossing in crossings.sorted() {
            if crossing == result.last { result.removeLast() } else { result.append(crossing) }
        }
        if result.count % 2 == 1 { result.append(UInt32(width * height)) }
        return result
    }
}

/// Runs that may overlap as runs that do not touch.
private func united(_ edges: [UInt32]) -> [UInt32] {
    let starts = stride(from: 0, to: edges.count, by: 2).sorted { edges[$0] < edges[$1] }
    var result: [UInt32] = []
    for index in starts {
        if let end = result.last, edges[index] <= end {
            result[result.count - 1] = max(end, edges[index + 1])
        } else {
            result += [edges[index], edges[index + 1]]
        }
    }
    return result
}
