import ApusConfiguration
import ApusCore
import ApusVision
import CApusKernels
import Glibc

/// Moves the points of a grid at random, and all between by a smooth spline.
///
/// Bookstein, *Principal Warps: Thin-Plate Splines and the Decomposition of Deformations*, 1989; with Albumentations'
/// kernels, which differ between the weights' solution and their use.
public struct ThinPlateSpline: FieldTransform {
    /// Ten times the standard deviation of a point's move, in fractions of the sides.
    public var scale = 0.2...0.4
    /// Points along each side; 2 is the corners and the middle.
    public var count = 4
    public var look = WarpLook()

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.range("scale_range", &scale, single: .exactly, in: 0...1)
        try parameters.integer("num_control_points", &count, in: 2...16)
        try look.bind(&parameters)
    }

    /// How far each point moves, in fractions of the sides.
    public func draw(for sample: Sample, using stream: inout RandomStream) -> [Point]? {
        let deviation = stream.uniform(scale) / 10
        return controls.map { _ in
            let x = stream.normal() * deviation
            return Point(x, stream.normal() * deviation)
        }
    }

    /// The points in fractions of the sides, row by row.
    private var controls: [Point] {
        guard count > 2 else { return [Point(0, 0), Point(0, 1), Point(1, 0), Point(1, 1), Point(0.5, 0.5)] }
        return (0..<count * count).map { Point(Double($0 % count), Double($0 / count)) / Double(count - 1) }
    }

    public func sources(_ draw: [Point], of size: ImageSize) -> FieldSources? {
        let points = controls
        guard draw.count == points.count, let solution = Self.solve(points, zip(points, draw).map { $0 + $1 }) else {
            return nil
        }
        let controls = zip(points, solution).map { point, weight in
            apus_control(
                x: Float(point.x), y: Float(point.y), target_x: Float(weight.x), target_y: Float(weight.y))
        }
        let rest = solution.suffix(3)
        let affine = rest.map { Float($0.x) } + rest.map { Float($0.y) }
        let field = WarpField(size: size) { x, y in
            apus_field_spline(
                controls, Int32(controls.count), affine, x, y, Int32(size.width), Int32(size.height))
        }
        return FieldSources(field)
    }

    /// Each point's weight, then the constant and the slopes along x and y.
    private static func solve(_ points: [Point], _ targets: [Point]) -> [Point]? {
        let count = points.count
        var rows = [[Double]](repeating: [Double](repeating: 0, count: count + 3), count: count + 3)
        for (i, point) in points.enumerated() {
            for (j, other) in points.enumerated() {
                let offset = point - other
                let square = (offset * offset).sum()
                rows[i][j] = square > 0 ? square * square * log(square + 1e-6) : 0
            }
            for (place, value) in [1, point.x, point.y].enumerated() {
                rows[i][count + place] = value
                rows[count + place][i] = value
            }
        }
        return LinearSystem.solve(rows, targets + [.zero, .zero, .zero])
    }
}

/// Systems of linear equations.
enum LinearSystem {
    /// Gauss' elimination with the largest pivot of a column; `nil` where the matrix is singular.
    static func solve(_ matrix: [[Double]], _ values: [Point]) -> [Point]? {
        var (rows, result) = (matrix, values)
        let count = rows.count
        for column in 0..<count {
            guard let pivot = (column..<count).max(by: { abs(rows[$0][column]) < abs(rows[$1][column]) }),
                abs(rows[pivot][column]) > 1e-14
            else { return nil }
            rows.swapAt(column, pivot)
            result.swapAt(column, pivot)
            for row in 0..<count where row != column {
                let factor = rows[row][column] / rows[column][column]
                guard factor != 0 else { continue }
                for place in column..<count { rows[row][place] -= factor * rows[column][place] }
                result[row] -= result[column] * factor
            }
        }
        return (0..<count).map { result[$0] / rows[$0][$0] }
    }
}
