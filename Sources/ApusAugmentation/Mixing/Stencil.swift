import ApusVision

/// The pixels whose centres lie in any of some outlines.
struct Stencil {
    let size: ImageSize
    private(set) var isSet: [Bool]

    init(_ polygons: [Polygon], size: ImageSize) {
        self.size = size
        isSet = Array(repeating: false, count: size.width * size.height)
        for polygon in polygons { fill(polygon) }
    }

    /// Row by row, between every second crossing of the outlines.
    private mutating func fill(_ polygon: Polygon) {
        let rings = polygon.rings.filter { $0.allSatisfy { $0.x.isFinite && $0.y.isFinite } }
        guard let hull = BoundingBox(around: rings.flatMap { $0 })?.clipped(to: size), hull.area > 0 else { return }
        for row in Int(hull.minY)..<min(Int(hull.maxY.rounded(.up)), size.height) {
            let crossings = rings.flatMap { Self.crossings($0, at: Double(row) + 0.5) }.sorted()
            for pair in stride(from: 0, to: crossings.count - 1, by: 2) {
                let (first, last) = (column(crossings[pair]), column(crossings[pair + 1]))
                for x in first..<max(last, first) { isSet[row * size.width + x] = true }
            }
        }
    }

    /// The first column whose pixels' centres lie right of a place.
    private func column(_ x: Double) -> Int { Int(min(max((x - 0.5).rounded(.up), 0), Double(size.width))) }

    private static func crossings(_ ring: [Point], at y: Double) -> [Double] {
        ring.indices.compactMap { index in
            let (a, b) = (ring[index], ring[(index + 1) % ring.count])
            guard (a.y <= y) != (b.y <= y) else { return nil }
            return a.x + (y - a.y) / (b.y - a.y) * (b.x - a.x)
        }
    }

    func contains(_ point: Point) -> Bool {
        size.contains(point) && isSet[Int(point.y) * size.width + Int(point.x)]
    }

    /// The covered part of a box's pixels.
    func share(of box: BoundingBox) -> Double {
        let inside = box.clipped(to: size)
        let (left, right) = (Int(inside.minX), min(Int(inside.maxX.rounded(.up)), size.width))
        let (top, bottom) = (Int(inside.minY), min(Int(inside.maxY.rounded(.up)), size.height))
        guard left < right, top < bottom else { return 0 }
        let covered = (top..<bottom).reduce(0) { sum, y in
            sum + isSet[(y * size.width + left)..<(y * size.width + right)].count { $0 }
        }
        return Double(covered) / Double((right - left) * (bottom - top))
    }
}

extension Raster {
    /// Copies another raster's pixels where a stencil is set; all three of one size.
    mutating func copy(through stencil: Stencil, _ other: Raster) {
        guard other.size == size, other.channels == channels, other.isFloat == isFloat else { return }
        let pixelBytes = pixelBytes
        other.readBytes { from in
            modifyBytes { to in
                for (pixel, isSet) in stencil.isSet.enumerated() where isSet {
                    for byte in pixel * pixelBytes..<(pixel + 1) * pixelBytes { to[byte] = from[byte] }
                }
            }
        }
    }
}
