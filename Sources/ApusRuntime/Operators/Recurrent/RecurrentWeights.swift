import ApusCore

/// The transpose of some rows of a weight matrix, ready for products from the left.
struct RecurrentMatrix: @unchecked Sendable {
    let rows, columns: Int
    private let packed: PackedMatrix?
    /// Row-major; only for what is not packed.
    private let plain: Value?

    /// - Parameter weights: `[directions, outputs, inputs]`.
    init(_ weights: Value, direction: Int, outputs: Range<Int>, _ context: ExecutionContext) throws(OperatorError) {
        (rows, columns) = (weights.shape[2], outputs.count)
        let start = (direction * weights.shape[1] + outputs.lowerBound) * rows
        guard weights.dataType != .float32 else {
            plain = nil
            packed = try PackedMatrix(
                weights.floats + start, rows: rows, columns: columns, rowStride: 1, columnStride: rows, bias: nil,
                context)
            return
        }
        let part = try context.make([rows, columns], weights.dataType)
        context.copy(
            weights.base + start * weights.dataType.size, [1, rows], to: part.base, part.strides,
            extents: part.shape.dimensions, size: weights.dataType.size)
        (packed, plain) = (nil, part)
    }

    /// `result = a · self` for the `count` rows of `a`.
    func multiply(_ a: Value, count: Int, into result: Value, _ context: ExecutionContext) throws(OperatorError) {
        guard count > 0, columns > 0 else { return }
        if let packed {
            packed.multiply(a.floats, rows: count, stride: rows, into: result.floats, context)
        } else if let plain {
            try a.dataType.accept(
                MatrixLoop(
                    a: a, b: plain, result: result, rows: count, inner: rows, columns: columns, pairs: [(0, 0)],
                    context: context))
        }
    }
}

/// One direction's weights: what meets the input, and what meets the state, in groups of gates that are computed
/// together.
struct RecurrentWeights: Sendable {
    let input: RecurrentMatrix
    let hidden: [RecurrentMatrix]

    /// The weights of each direction.
    static func make(
        _ w: Value, _ r: Value, gates: Int, groups: [Range<Int>], directions: Int, _ context: ExecutionContext
    ) throws(OperatorError) -> [RecurrentWeights] {
        let w = try context.rowMajor(w), r = try context.rowMajor(r)
        try r.require(w.dataType)
        try expect(w.dataType == .float32 || w.dataType == .float64, "float32 or float64", found: "\(w.dataType)")
        let size = r.rank == 3 ? r.shape[2] : 0
        try expect(
            w.rank == 3 && r.rank == 3 && w.shape[0] == directions && r.shape[0] == directions
                && w.shape[1] == r.shape[1] && w.shape[1] / gates == size && w.shape[1] % gates == 0,
            "weights [\(directions), \(gates) · hidden, …] and [\(directions), \(gates) · hidden, hidden]",
            found: "\(w.shape) and \(r.shape)")
        return try (0..<directions).map { direction throws(OperatorError) in
            RecurrentWeights(
                input: try RecurrentMatrix(w, direction: direction, outputs: 0..<gates * size, context),
                hidden: try groups.map { group throws(OperatorError) in
                    try RecurrentMatrix(
                        r, direction: direction, outputs: group.lowerBound * size..<group.upperBound * size, context)
                })
        }
    }
}
