import ApusCore
import CApusKernels

extension ExecutionContext {
    /// NumPy's matmul of two values of one number type.
    ///
    /// - Parameter packed: `b`, where it is a constant matrix of floats.
    func multiply(_ a: Value, _ b: Value, packed: PackedMatrix? = nil) throws(OperatorError) -> Value {
        var a = try rowMajor(a), b = try rowMajor(b)
        try expect(a.rank > 0 && b.rank > 0, "arrays of at least one dimension", found: "\(a.shape) and \(b.shape)")
        let (isRow, isColumn) = (a.rank == 1, b.rank == 1)
        if isRow { a = a.reshaped(to: [1, a.count]) }
        if isColumn { b = b.reshaped(to: [b.count, 1]) }
        try expect(a.shape[-1] == b.shape[-2], "equal inner extents", found: "\(a.shape) and \(b.shape)")
        let y = try multiplyMatrices(a, b, packed)
        var extents = y.shape.dimensions
        if isColumn { extents.removeLast() }
        if isRow { extents.remove(at: isColumn ? extents.count - 1 : extents.count - 2) }
        return y.reshaped(to: Shape(extents))
    }

    private func multiplyMatrices(_ a: Value, _ b: Value, _ packed: PackedMatrix?) throws(OperatorError) -> Value {
        let outerA = Shape(Array(a.shape.dimensions.dropLast(2))), outerB = Shape(Array(b.shape.dimensions.dropLast(2)))
        guard let outer = outerA.broadcast(with: outerB) else {
            throw .mismatch(expected: "outer extents that broadcast", found: "\(a.shape) and \(b.shape)")
        }
        let y = try make(Shape(outer.dimensions + [a.shape[-2], b.shape[-1]]), a.dataType)
        guard y.count > 0 else { return y }
        if a.dataType == .float32, b.rank == 2 {
            if packed == nil { recording?.refuse() }
            let matrix = try packed.or(try PackedMatrix(b, at: 0, self))
            matrix.multiply(a.floats, rows: y.count / b.shape[-1], stride: a.shape[-1], into: y.floats, self)
            return y
        }
        var pairs: [(a: Int, b: Int)] = []
        BroadcastLoop(outer, [outerA, outerB]).forEach { offsets, _ in pairs.append((offsets[0], offsets[1])) }
        if a.dataType == .float32 {
            try multiplyEach(a, b, into: y, pairs)
        } else {
            recording?.refuse()
            try a.dataType.accept(
                MatrixLoop(
                    a: a, b: b, result: y, rows: a.shape[-2], inner: a.shape[-1], columns: b.shape[-1], pairs: pairs,
                    context: self))
        }
        return y
    }

    /// Up to as many rows packing the other side would cost more than it saves.
    private static let fewRows = 4

    /// The same for matrices of few rows: each is a sum of rows of the other side.
    private func multiplyRows(_ a: Value, _ b: Value, into y: Value, _ pairs: [(a: Int, b: Int)]) {
        let rows = a.shape[-2], inner = a.shape[-1], columns = b.shape[-1]
        let indices = (pairs.map(\.a), pairs.map(\.b))
        call([a.base, b.base, y.base]) { [cpu] operands, pool in
            indices.0.withUnsafeBufferPointer { first in
                indices.1.withUnsafeBufferPointer { second in
                    var call = apus_row_products(
                        pairs: first.count, rows: rows, inner: inner, columns: columns, a_index: first.baseAddress,
                        b_index: second.baseAddress, a: operands.floats(0), b: operands.floats(1),
                        y: operands.floats(2))
                    apus_multiply_rows(cpu, pool, &call)
                }
            }
        }
    }

    /// One product for each pair of matrices.
    private func multiplyEach(
        _ a: Value, _ b: Value, into y: Value, _ pairs: [(a: Int, b: Int)]
    ) throws(OperatorError) {
        let rows = a.shape[-2], inner = a.shape[-1], columns = b.shape[-1]
        guard rows > Self.fewRows else { return multiplyRows(a, b, into: y, pairs) }
        recording?.refuse()
        var last: (index: Int, matrix: PackedMatrix)?
        for (index, pair) in pairs.enumerated() {
            if last?.index != pair.b { last = (pair.b, try PackedMatrix(b, at: pair.b * inner * columns, self)) }
            last?.matrix.multiply(
                a.floats + pair.a * rows * inner, rows: rows, stride: inner,
                into: y.floats + index * rows * columns, self)
        }
    }
}

extension PackedMatrix {
    /// The matrix of the last two axes of `b` that begins at `offset`.
    convenience init(_ b: Value, at offset: Int, _ context: ExecutionContext) throws(OperatorError) {
        try self.init(
            b.floats + offset, rows: b.shape[-2], columns: b.shape[-1], rowStride: b.shape[-1], columnStride: 1,
            bias: nil, context)
    }
}
