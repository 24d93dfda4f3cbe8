import ApusConfiguration
import ApusCore
import ApusVision
import CApusKernels

/// Moves the points of a grid at random, and pixels with the near ones.
public struct PiecewiseAffine: FieldTransform {
    /// The greatest move, three standard deviations, in fractions of the shorter side.
    public var scale = 0.03...0.05
    public var rows = 4...4
    public var columns = 4...4
    /// Whether `scale` is in pixels.
    public var isInPixels = false
    public var look = WarpLook()

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.range("scale", &scale, single: .upTo(0), in: 0...1e4)
        try parameters.range("nb_rows", &rows, in: 2...256)
        try parameters.range("nb_cols", &columns, in: 2...256)
        try parameters.flag("absolute_scale", &isInPixels)
        try look.bind(&parameters)
    }

    public struct Draw: Codable, Hashable, Sendable {
        public var rows, columns: Int
        /// For each point, row by row: how far it moves to the right, and down.
        public var moves: [Point]
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> Draw? {
        let (rows, columns) = (stream.integer(rows), stream.integer(columns))
        let scale = stream.uniform(scale) / 3
        guard scale > 0 else { return nil }
        let deviation = isInPixels ? scale : scale * Double(min(sample.size.width, sample.size.height))
        let moves = (0..<rows * columns).map { _ in
            let y = stream.normal() * deviation
            return Point(stream.normal() * deviation, y)
        }
        return Draw(rows: rows, columns: columns, moves: moves)
    }

    public func sources(_ draw: Draw, of size: ImageSize) -> FieldSources? {
        guard 2...256 ~= draw.rows, 2...256 ~= draw.columns, draw.moves.count == draw.rows * draw.columns else {
            return nil
        }
        let last = Point(Double(size.width - 1), Double(size.height - 1))
        let controls = draw.moves.enumerated().map { index, move in
            let share = Point(
                Double(index % draw.columns) / Double(draw.columns - 1),
                Double(index / draw.columns) / Double(draw.rows - 1))
            let place = share * last
            let target = pointwiseMax(pointwiseMin(place + move, last), .zero)
            return apus_control(
                x: Float(place.x), y: Float(place.y), target_x: Float(target.x), target_y: Float(target.y))
        }
        let field = WarpField(size: size) { x, y in
            apus_field_inverse_distance(
                controls, Int32(controls.count), x, y, Int32(size.width), Int32(size.height))
        }
        return FieldSources(field)
    }
}
