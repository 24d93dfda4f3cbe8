import ApusConfiguration
import ApusCore
import ApusVision
import CApusOpenCV

/// Moves the inner corners of a grid's cells, and each cell with its corners.
public struct GridElasticDeform: FieldTransform {
    public var columns = 4
    public var rows = 4
    /// The greatest move along each axis, in pixels.
    public var magnitude = 10
    public var look = WarpLook()

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.require("num_grid_xy", "magnitude")
        var grid = [columns, rows]
        try parameters.integers("num_grid_xy", &grid, count: 2...2, in: 1...256)
        (columns, rows) = (grid[0], grid[1])
        try parameters.integer("magnitude", &magnitude, in: 1...32_766)
        try look.bindResampling(&parameters)
    }

    public struct Draw: Codable, Hashable, Sendable {
        /// The cells' edges, from 0 to the side.
        public var x, y: [Int]
        /// How far each inner corner moves, row by row.
        public var moves: [Point]
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> Draw? {
        let y = UniformGrid.edges(of: sample.size.height, parts: rows, using: &stream)
        let x = UniformGrid.edges(of: sample.size.width, parts: columns, using: &stream)
        let moves = (0..<(x.count - 2) * (y.count - 2)).map { _ in
            let right = Double(stream.integer(-magnitude...magnitude))
            return Point(right, Double(stream.integer(-magnitude...magnitude)))
        }
        return Draw(x: x, y: y, moves: moves)
    }

    public func sources(_ draw: Draw, of size: ImageSize) -> FieldSources? {
        guard draw.x.count >= 2, draw.y.count >= 2, draw.x.count <= 257, draw.y.count <= 257,
            draw.moves.count == (draw.x.count - 2) * (draw.y.count - 2),
            (draw.x + draw.y).allSatisfy({ 0...32_766 ~= $0 }),
            draw.moves.allSatisfy({ abs($0.x) <= 32_766 && abs($0.y) <= 32_766 })
        else { return nil }
        let field = WarpField(size: size) { x, y in
            // What no cell covers comes from outside.
            x.update(repeating: -1e6, count: size.width * size.height)
            y.update(repeating: -1e6, count: size.width * size.height)
            for row in 0..<draw.y.count - 1 {
                for column in 0..<draw.x.count - 1 { cover(draw.cell(column, row), size, x, y) }
            }
        }
        return FieldSources(field)
    }

    /// Writes the places of the pixels in a moved cell, its edges included.
    private func cover(
        _ cell: (from: [Point], to: [Point]), _ size: ImageSize, _ x: UnsafeMutablePointer<Float>,
        _ y: UnsafeMutablePointer<Float>
    ) {
        guard let map = ProjectiveMap(from: cell.to, to: cell.from), let hull = BoundingBox(around: cell.to) else {
            return
        }
        let columns = Int(max(hull.minX, 0))..<max(Int(max(hull.minX, 0)), Int(min(hull.maxX + 1, Float(size.width))))
        let rows = Int(max(hull.minY, 0))..<max(Int(max(hull.minY, 0)), Int(min(hull.maxY + 1, Float(size.height))))
        let isInside = Self.interior(of: cell.to, size)
        for row in rows {
            for column in columns where isInside[row * size.width + column] != 0 {
                let place = map(Point(Double(column), Double(row)))
                x[row * size.width + column] = Float(place.x)
                y[row * size.width + column] = Float(place.y)
            }
        }
    }

    /// A byte a pixel: 1 in an outline of whole pixels, as OpenCV fills it.
    private static func interior(of corners: [Point], _ size: ImageSize) -> [UInt8] {
        let places = corners.flatMap { [Int32($0.x), Int32($0.y)] }
        var plane = [UInt8](repeating: 0, count: size.width * size.height)
        OpenCV.check(
            apus_cv_fill_convex(&plane, Int32(size.width), Int32(size.height), places, Int32(corners.count), 1))
        return plane
    }
}

extension GridElasticDeform.Draw {
    /// A cell's corners, clockwise from the upper left, and where they go.
    fileprivate func cell(_ column: Int, _ row: Int) -> (from: [Point], to: [Point]) {
        let places = [(column, row), (column + 1, row), (column + 1, row + 1), (column, row + 1)]
        let from = places.map { Point(Double(x[$0.0]), Double(y[$0.1])) }
        return (from, zip(from, places).map { $0 + move($1.0, $1.1) })
    }

    /// Corners on the image's edges stay.
    private func move(_ column: Int, _ row: Int) -> Point {
        guard 1..<x.count - 1 ~= column, 1..<y.count - 1 ~= row else { return .zero }
        return moves[(row - 1) * (x.count - 2) + column - 1]
    }
}
