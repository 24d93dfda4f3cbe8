import ApusCore
import ApusONNX

/// NumPy's matmul: products of the last two axes, the others broadcast. <https://onnx.ai/onnx/operators/onnx__MatMul.html>
struct MatrixProduct: Operator {
    static let type = OperatorType("MatMul")
    private var packed: PackedMatrix?

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(2...2) }

    mutating func prepare(_ constants: [NDArray?], _ context: ExecutionContext) throws(OperatorError) {
        guard constants.count > 1, let b = constants[1], b.shape.rank == 2, b.dataType == .float32 else { return }
        packed = Self.pack(Value(b), at: 0, context)
    }

    private static func pack(_ b: Value, at offset: Int, _ context: ExecutionContext) -> PackedMatrix {
        PackedMatrix(
            b.floats + offset, rows: b.shape[-2], columns: b.shape[-1], rowStride: b.shape[-1], columnStride: 1,
            bias: nil, context)
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        var a = try context.rowMajor(try inputs.required(0, .float32))
        var b = try context.rowMajor(try inputs.required(1, .float32))
        try expect(a.rank > 0 && b.rank > 0, "arrays of at least one dimension", found: "\(a.shape) and \(b.shape)")
        let (isRow, isColumn) = (a.rank == 1, b.rank == 1)
        if isRow { a = a.reshaped(to: [1, a.count]) }
        if isColumn { b = b.reshaped(to: [b.count, 1]) }
        try expect(a.shape[-1] == b.shape[-2], "equal inner extents", found: "\(a.shape) and \(b.shape)")
        let y = try multiply(a, b, context)
        var extents = y.shape.dimensions
        if isColumn { extents.removeLast() }
        if isRow { extents.remove(at: isColumn ? extents.count - 1 : extents.count - 2) }
        return [y.reshaped(to: Shape(extents))]
    }

    private func multiply(_ a: Value, _ b: Value, _ context: ExecutionContext) throws(OperatorError) -> Value {
        let outerA = Shape(Array(a.shape.dimensions.dropLast(2))), outerB = Shape(Array(b.shape.dimensions.dropLast(2)))
        guard let outer = outerA.broadcast(with: outerB) else {
            throw .mismatch(expected: "outer extents that broadcast", found: "\(a.shape) and \(b.shape)")
        }
        let y = try context.make(Shape(outer.dimensions + [a.shape[-2], b.shape[-1]]))
        guard y.count > 0 else { return y }
        if b.rank == 2 {
            let matrix = packed ?? Self.pack(b, at: 0, context)
            matrix.multiply(a.floats, rows: y.count / b.shape[-1], stride: a.shape[-1], into: y.floats, context)
            return y
        }
        multiplyEach(a, b, into: y, BroadcastLoop(outer, [outerA, outerB]), context)
        return y
    }

    /// One product for each pair of matrices; `loop` counts in matrices.
    private func multiplyEach(
        _ a: Value, _ b: Value, into y: Value, _ loop: BroadcastLoop, _ context: ExecutionContext
    ) {
        let rows = a.shape[-2], inner = a.shape[-1], columns = b.shape[-1]
        var last: (offset: Int, matrix: PackedMatrix)?
        loop.forEach { offsets, index in
            if last?.offset != offsets[1] {
                last = (offsets[1], Self.pack(b, at: offsets[1] * inner * columns, context))
            }
            last?.matrix.multiply(
                a.floats + offsets[0] * rows * inner, rows: rows, stride: inner,
                into: y.floats + index * rows * columns, context)
        }
    }
}
