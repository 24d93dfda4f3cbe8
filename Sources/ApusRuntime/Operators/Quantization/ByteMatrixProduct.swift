import ApusCore
import CApusKernels

/// Products of matrices of 8-bit integers, over the last two axes; the others broadcast. A product is a 1×1 convolution
/// whose pixels are the left side's rows and whose output channels are the right side's columns.
struct ByteMatrixProduct {
    let context: ExecutionContext
    /// Of the right side: of all elements, or of each column.
    let zeros: [Int64]
    let finish: apus_quantized_convolution

    /// - Parameter factors: for `columns` output channels.
    func callAsFunction(
        _ left: Value, _ right: Value, to type: DataType, factors: (Int) throws(OperatorError) -> QuantizedFactors
    ) throws(OperatorError) -> Value {
        var a = try context.rowMajor(left), b = try context.rowMajor(right)
        try expect(
            a.dataType.isByte && b.dataType.isByte, "8-bit integers", found: "\(a.dataType) and \(b.dataType)")
        try expect(a.rank > 0 && b.rank > 0, "arrays of at least one dimension", found: "\(a.shape) and \(b.shape)")
        let (isRow, isColumn) = (a.rank == 1, b.rank == 1)
        if isRow { a = a.reshaped(to: [1, a.count]) }
        if isColumn { b = b.reshaped(to: [b.count, 1]) }
        try expect(a.shape[-1] == b.shape[-2], "equal inner extents", found: "\(a.shape) and \(b.shape)")
        let y = try multiply(a, b, type, try factors(b.shape[-1]))
        var extents = y.shape.dimensions
        if isColumn { extents.removeLast() }
        if isRow { extents.remove(at: isColumn ? extents.count - 1 : extents.count - 2) }
        return y.reshaped(to: Shape(extents))
    }

    private func multiply(
        _ a: Value, _ b: Value, _ type: DataType, _ factors: QuantizedFactors
    ) throws(OperatorError) -> Value {
        let outerA = Shape(Array(a.shape.dimensions.dropLast(2))), outerB = Shape(Array(b.shape.dimensions.dropLast(2)))
        guard let outer = outerA.broadcast(with: outerB) else {
            throw .mismatch(expected: "outer extents that broadcast", found: "\(a.shape) and \(b.shape)")
        }
        let y = try context.make(Shape(outer.dimensions + [a.shape[-2], b.shape[-1]]), type)
        guard y.count > 0 else { return y }
        try expect(a.shape[-1] > 0, "inner extents above 0", found: "\(a.shape) and \(b.shape)")
        let expandedA = try context.expand(a, to: Shape(outer.dimensions + a.shape.dimensions.suffix(2)))
        let rows = a.shape[-2], inner = a.shape[-1], columns = b.shape[-1]
        if b.rank == 2 {
            let all = y.count / columns
            try multiply(expandedA, at: 0, rows: all, try pack(b, at: 0), factors, into: y, at: 0)
            return y
        }
        let expandedB = try context.expand(b, to: Shape(outer.dimensions + b.shape.dimensions.suffix(2)))
        for index in 0..<outer.count {
            try multiply(
                expandedA, at: index * rows * inner, rows: rows, try pack(expandedB, at: index * inner * columns),
                factors,
                into: y, at: index * rows * columns)
        }
        return y
    }

    /// The matrix that begins at `offset`, transposed, as weights.
    private func pack(_ b: Value, at offset: Int) throws(OperatorError) -> PackedQuantizedConvolution {
        let inner = b.shape[-2], columns = b.shape[-1]
        let weights = try context.makeTemporary([columns, inner, 1, 1], b.dataType)
        context.copy(
            b.base + offset, [1, columns], to: weights.base, [inner, 1], extents: [columns, inner], size: 1)
        try expect(zeros.count == 1 || zeros.count == columns, "1 or \(columns) zero points", found: "\(zeros.count)")
        let zeros = zeros.count == 1 ? Array(repeating: zeros[0], count: columns) : zeros
        return try PackedQuantizedConvolution(weights, zeros: zeros, groups: 1, isUnit: true, context)
    }

    private func multiply(
        _ a: Value, at start: Int, rows: Int, _ weights: PackedQuantizedConvolution, _ factors: QuantizedFactors,
        into y: Value, at target: Int
    ) throws(OperatorError) {
        let axis = WindowPlacement.Axis(
            extent: 1, count: 1, kernel: 1, stride: 1, dilation: 1, before: 0, after: 0)
        let columns = WindowPlacement.Axis(
            extent: rows, count: rows, kernel: 1, stride: 1, dilation: 1, before: 0, after: 0)
        try weights.convolve(
            Value(
                [1, weights.inChannels, 1, rows], a.dataType, storage: a.storage, offset: a.offset + start,
                layout: .channelsLast(stride: weights.inChannels)),
            into: Value(
                [1, weights.outChannels, 1, rows], y.dataType, storage: y.storage, offset: y.offset + target,
                layout: .channelsLast(stride: weights.outChannels)),
            WindowPlacement(rows: axis, columns: columns), factors, finish, residual: nil, context)
    }
}
