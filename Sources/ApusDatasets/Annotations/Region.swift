import ApusAugmentation
import ApusVision

/// Which pixels belong to an object.
public enum Region: Hashable, Sendable {
    /// The outlines of its parts, each a polygon of at least three points; a part fills what an odd number of its
    /// turns surround.
    case polygons([[Point]])
    /// As large as the image.
    case mask(RunLengthMask)

    /// The smallest box around it; `nil` where it is empty.
    public var bounds: AnnotatedBox? {
        switch self {
        case .polygons(let parts): AnnotatedBox(around: parts.joined())
        case .mask(let mask): mask.bounds
        }
    }

    /// The pixels it covers.
    public var area: Double {
        switch self {
        case .polygons(let parts): parts.reduce(0) { $0 + Polygon.area(of: $1) }
        case .mask(let mask): Double(mask.area)
        }
    }
}

extension RunLengthMask {
    /// How many pixels belong to the object.
    var area: Int { stride(from: 1, to: counts.count, by: 2).reduce(0) { $0 + counts[$1] } }

    /// The smallest box around the object, from the runs alone; `nil` where no pixel belongs to it.
    var bounds: AnnotatedBox? {
        var start = 0
        var hull: (minX: Int, minY: Int, maxX: Int, maxY: Int)?
        for (index, count) in counts.enumerated() {
            defer { start += count }
            guard index % 2 == 1, count > 0 else { continue }
            let last = start + count - 1
            let (left, right) = (start / height, last / height)
            let isTall = right > left
            let (top, bottom) = isTall ? (0, height - 1) : (start % height, last % height)
            let old = hull ?? (left, top, right, bottom)
            hull = (min(old.minX, left), min(old.minY, top), max(old.maxX, right), max(old.maxY, bottom))
        }
        return hull.map {
            AnnotatedBox(
                minX: Double($0.minX), minY: Double($0.minY), maxX: Double($0.maxX + 1), maxY: Double($0.maxY + 1))
        }
    }
}
