/// The cells of a detector's levels: level after level, row after row.
struct Grid {
    struct Cell {
        let x, y: Float
        let stride: Float
    }

    let cells: [Cell]

    /// - Parameter limit: more cells than this are not made.
    /// - Returns: `nil` for more cells, and for strides that are none.
    init?(width: Int, height: Int, strides: [Int], limit: Int) {
        guard let count = Self.cellCount(width: width, height: height, strides: strides), count <= limit else {
            return nil
        }
        cells = strides.flatMap { stride in
            (0..<Self.cellCount(height, stride)).flatMap { y in
                (0..<Self.cellCount(width, stride)).map { x in
                    Cell(x: Float(x), y: Float(y), stride: Float(stride))
                }
            }
        }
    }

    /// `nil` for extents and strides that no input has.
    static func cellCount(width: Int, height: Int, strides: [Int]) -> Int? {
        let sides = Preprocessing.sides
        guard sides.contains(width), sides.contains(height), strides.allSatisfy(sides.contains) else { return nil }
        return strides.reduce(0) { $0 + cellCount(width, $1) * cellCount(height, $1) }
    }

    /// A cell that hangs over the input's edge counts.
    private static func cellCount(_ side: Int, _ stride: Int) -> Int { (side + stride - 1) / stride }
}
