import ApusConfiguration
import ApusCore
import ApusVision

/// Fills a part of every cell of a grid.
///
/// Chen et al., *GridMask Data Augmentation*, 2020.
public struct GridDropout: HoleTransform {
    /// A hole's sides in fractions of its cell's.
    public var ratio = 0.5
    /// Whether holes lie anywhere in their cells.
    public var isRandom = true
    /// The sides of cells in pixels, the upper bound left out; `nil` for a tenth of the image's sides.
    public var unit: ClosedRange<Int>?
    /// How many columns and rows of cells there are instead.
    public var grid: (columns: Int, rows: Int)?
    /// Where holes lie in their cells unless at random.
    public var shift = (x: 0, y: 0)
    public var fill = HoleFill.value(.zero)
    public var maskFill: Fill?

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.number("ratio", &ratio, in: 1e-6...1)
        try parameters.flag("random_offset", &isRandom)
        var units = unit.map { [$0.lowerBound, $0.upperBound] } ?? []
        try parameters.optionalIntegers("unit_size_range", &units)
        var cells = grid.map { [$0.columns, $0.rows] } ?? []
        try parameters.optionalIntegers("holes_number_xy", &cells)
        var shifts = [shift.x, shift.y]
        try parameters.integers("shift_xy", &shifts, count: 2...2, in: 0...32_766)
        try parameters.holeFill(&fill, mask: &maskFill)
        guard units.isEmpty || (units.count == 2 && units[0] >= 2 && units[1] >= units[0]) else {
            throw parameters.problem("unit_size_range", "expected [low, high] from 2 on")
        }
        guard cells.isEmpty || (cells.count == 2 && cells.allSatisfy { 1...32_766 ~= $0 }) else {
            throw parameters.problem("holes_number_xy", "expected [columns, rows] from 1 on")
        }
        unit = units.isEmpty ? nil : units[0]...units[1]
        grid = cells.isEmpty ? nil : (cells[0], cells[1])
        shift = (shifts[0], shifts[1])
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> Holes? {
        let size = sample.size
        let counts = counts(size, &stream)
        let cells = UniformGrid.cells(of: size, rows: counts.rows, columns: counts.columns, using: &stream)
        let holes = cells.compactMap { cell -> PixelRectangle? in
            let width = Int((Double(cell.width) * ratio).clamped(to: 1...Double(max(cell.width - 1, 1))))
            let height = Int((Double(cell.height) * ratio).clamped(to: 1...Double(max(cell.height - 1, 1))))
            guard cell.width > 1, cell.height > 1 else { return nil }
            let x = cell.left + (isRandom ? stream.integer(0...cell.width - width) : shift.x)
            let y = cell.top + (isRandom ? stream.integer(0...cell.height - height) : shift.y)
            return PixelRectangle(
                left: min(x, size.width - width), top: min(y, size.height - height), width: width, height: height)
        }
        return Holes(holes, seed: stream.next())
    }

    private func counts(_ size: ImageSize, _ stream: inout RandomStream) -> (columns: Int, rows: Int) {
        if let grid { return grid }
        guard let unit else {
            return (size.width / max(2, size.width / 10), size.height / max(2, size.height / 10))
        }
        let side = stream.integer(unit.lowerBound...max(unit.lowerBound, unit.upperBound - 1))
        return (size.width / side, size.height / side)
    }
}
