import ApusConfiguration
import ApusCore
import ApusVision

/// Cuts the image into tiles, and exchanges those of one size.
public struct RandomGridShuffle: SpatialTransform {
    public var rows = 3
    public var columns = 3

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        var grid = [rows, columns]
        try parameters.integers("grid", &grid, count: 2...2, in: 1...256)
        (rows, columns) = (grid[0], grid[1])
    }

    public struct Draw: Codable, Hashable, Sendable {
        public var tiles: [PixelRectangle]
        /// For each tile the one on whose place it comes to lie.
        public var order: [Int]

        /// Whether the tiles lie in the image and change places with their like.
        fileprivate func isValid(for size: ImageSize) -> Bool {
            order.count == tiles.count && Set(order) == Set(tiles.indices)
                && tiles.allSatisfy { $0.clipped(to: size) == $0 }
                && zip(tiles, order).allSatisfy { tile, place in
                    tile.width == tiles[place].width && tile.height == tiles[place].height
                }
        }

        /// How far each tile moves.
        fileprivate func move(_ index: Int) -> Point {
            let (from, to) = (tiles[index], tiles[order[index]])
            return Point(Double(to.left - from.left), Double(to.top - from.top))
        }
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> Draw? {
        let tiles = UniformGrid.cells(of: sample.size, rows: rows, columns: columns, using: &stream)
        var order = Array(tiles.indices)
        let groups = Dictionary(grouping: tiles.indices) { [tiles[$0].width, tiles[$0].height] }
        for group in groups.values.sorted(by: { $0[0] < $1[0] }) {
            for (place, index) in stream.indices(group.count, of: group.count, repeats: false).enumerated() {
                order[group[place]] = group[index]
            }
        }
        return Draw(tiles: tiles, order: order)
    }

    public func apply(_ draw: Draw, to image: inout Raster) {
        guard draw.isValid(for: image.size) else { return }
        let (row, bytes) = (image.width * image.pixelBytes, image.pixelBytes)
        image = image.mappedBytes(to: image.size) { from, to in
            guard let source = from.baseAddress, let target = to.baseAddress else { return }
            target.copyMemory(from: source, byteCount: from.count)
            for (index, tile) in draw.tiles.enumerated() {
                let place = draw.tiles[draw.order[index]]
                for y in 0..<tile.height {
                    (target + (place.top + y) * row + place.left * bytes).copyMemory(
                        from: source + (tile.top + y) * row + tile.left * bytes, byteCount: tile.width * bytes)
                }
            }
        }
    }

    public func apply(_ draw: Draw, to point: Point, in size: ImageSize) -> Point {
        guard draw.isValid(for: size), abs(point.x) < 1e6, abs(point.y) < 1e6,
            let index = draw.tiles.firstIndex(where: { $0.contains(Int(point.x), Int(point.y)) })
        else { return point }
        return point + draw.move(index)
    }

    /// A turned box goes whole with its middle.
    public func apply(_ draw: Draw, to box: RotatedBox, in size: ImageSize) -> RotatedBox {
        var result = box
        result.center = apply(draw, to: box.center, in: size)
        return result
    }

    /// The parts of an outline go with their tiles.
    public func apply(_ draw: Draw, to polygon: Polygon, in size: ImageSize) -> Polygon {
        guard draw.isValid(for: size) else { return polygon }
        var result = polygon
        result.rings = polygon.rings.flatMap { ring in
            draw.tiles.enumerated().map { index, tile in
                let corner = Point(Double(tile.left), Double(tile.top))
                let part = Polygon.clip(
                    ring, from: corner, to: corner + Point(Double(tile.width), Double(tile.height)))
                return part.map { $0 + draw.move(index) }
            }
        }.filter { $0.count >= 3 }
        return result
    }

    /// A box falls into as many as it has parts that do not touch.
    public func apply(
        _ draw: Draw, to boxes: [SampleBox], from size: ImageSize, to newSize: ImageSize
    ) -> [SampleBox] {
        guard draw.isValid(for: size) else { return boxes }
        return boxes.flatMap { box in
            let parts = draw.tiles.enumerated().compactMap { index, tile in
                box.box.part(in: tile)?.moved(by: draw.move(index))
            }
            return Self.touching(parts).map { group in box.around(group) }
        }
    }

    /// Parts that touch, by sides or corners, in one list.
    private static func touching(_ parts: [BoundingBox]) -> [[BoundingBox]] {
        parts.reduce(into: [[BoundingBox]]()) { groups, part in
            let near = groups.filter { $0.contains { $0.touches(part) } }
            groups.removeAll { $0.contains { $0.touches(part) } }
            groups.append(near.flatMap { $0 } + [part])
        }
    }
}

extension BoundingBox {
    fileprivate func part(in tile: PixelRectangle) -> BoundingBox? {
        let part = BoundingBox(
            minX: max(minX, Float(tile.left)), minY: max(minY, Float(tile.top)),
            maxX: min(maxX, Float(tile.left + tile.width)), maxY: min(maxY, Float(tile.top + tile.height)))
        return part.width > 0 && part.height > 0 ? part : nil
    }

    fileprivate func moved(by move: Point) -> BoundingBox {
        let (x, y) = (Float(move.x), Float(move.y))
        return BoundingBox(minX: minX + x, minY: minY + y, maxX: maxX + x, maxY: maxY + y)
    }

    fileprivate func touches(_ other: BoundingBox) -> Bool {
        minX <= other.maxX && other.minX <= maxX && minY <= other.maxY && other.minY <= maxY
    }
}

extension SampleBox {
    /// The box around parts of it; its visibility counts the parts alone.
    fileprivate func around(_ parts: [BoundingBox]) -> SampleBox {
        guard let hull = BoundingBox(around: parts.flatMap(\.corners)) else { return self }
        var result = self
        result.box = hull
        let covered = parts.reduce(Float(0)) { $0 + $1.area }
        result.originalArea = covered > 0 ? originalArea * max(hull.area / covered, 1) : originalArea
        return result
    }
}
