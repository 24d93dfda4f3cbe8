import ApusAugmentation
import ApusVision

extension Region {
    /// The pixels whose centres it covers, in an image of this size.
    func mask(size: ImageSize) -> RunLengthMask {
        switch self {
        case .mask(let mask): return mask
        case .polygons(let parts):
            var mask = Mask(width: size.width, height: size.height)
            for part in parts { mask.fill(part) }
            return RunLengthMask(mask)
        }
    }
}

extension Mask {
    /// Sets the pixels whose centres an odd number of the polygon's turns surround.
    mutating func fill(_ polygon: [Point]) {
        guard let hull = AnnotatedBox(around: polygon), hull.edges.allSatisfy(\.isFinite) else { return }
        let rows = Self.range(hull.minY, hull.maxY, limit: height)
        for y in rows {
            let crossings = Self.crossings(of: polygon, at: Double(y) + 0.5).sorted()
            for index in stride(from: 0, to: crossings.count - 1, by: 2) {
                for x in Self.range(crossings[index], crossings[index + 1], limit: width) { self[x, y] = true }
            }
        }
    }

    /// Whole numbers n with start ≤ n + ½ < end, from 0 to below `limit`.
    private static func range(_ start: Double, _ end: Double, limit: Int) -> Range<Int> {
        func first(_ value: Double) -> Int { Int(min(max((value - 0.5).rounded(.up), 0), Double(limit))) }
        return first(start)..<max(first(start), first(end))
    }

    /// Where the sides of a polygon meet a horizontal line.
    private static func crossings(of polygon: [Point], at y: Double) -> [Double] {
        var crossings = [Double]()
        guard var previous = polygon.last else { return [] }
        for point in polygon {
            if (previous.y <= y) != (point.y <= y) {
                // From above, so that a seam that is walked down and up again crosses at one place.
                let (high, low) = previous.y < point.y ? (previous, point) : (point, previous)
                crossings.append(high.x + (y - high.y) / (low.y - high.y) * (low.x - high.x))
            }
            previous = point
        }
        return crossings
    }
}
