import ApusCore
import ApusONNX

/// `y = alpha · a' · b' + beta · c`, where either matrix may be transposed and c broadcasts.
/// <https://onnx.ai/onnx/operators/onnx__Gemm.html>
struct GeneralMatrixProduct: Operator {
    static let type = OperatorType("Gemm", since: 6)
    private let alpha, beta: Float
    private let transposesA, transposesB: Bool
    private var packed: PackedMatrix?
    /// Whether the packed weights contain `c`.
    private var isBiasPacked = false

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(2...3)
        alpha = try node.float("alpha", default: 1)
        beta = try node.float("beta", default: 1)
        transposesA = try node.flag("transA", default: false)
        transposesB = try node.flag("transB", default: false)
    }

    mutating func prepare(_ constants: [NDArray?], _ context: ExecutionContext) throws(OperatorError) {
        guard constants.count > 1, let b = constants[1], b.shape.rank == 2, b.dataType == .float32 else { return }
        let columns = transposesB ? b.shape[0] : b.shape[1]
        var bias: Value?
        if constants.count > 2, let c = constants[2], c.dataType == .float32, alpha == 1, beta == 1,
            c.count == columns, c.shape.rank <= 2, c.shape.rank > 0, c.shape[-1] == columns
        {
            bias = Value(c)
        }
        isBiasPacked = bias != nil
        packed = pack(Value(b), bias: bias, context)
    }

    private func pack(_ b: Value, bias: Value?, _ context: ExecutionContext) -> PackedMatrix {
        let (rows, columns) = (b.shape[0], b.shape[1])
        return PackedMatrix(
            b.floats, rows: transposesB ? columns : rows, columns: transposesB ? rows : columns,
            rowStride: transposesB ? 1 : columns, columnStride: transposesB ? columns : 1, bias: bias?.floats, context)
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        var a = try context.rowMajor(try inputs.required(0, .float32))
        let b = try context.rowMajor(try inputs.required(1, .float32))
        try expect(a.rank == 2 && b.rank == 2, "two matrices", found: "\(a.shape) and \(b.shape)")
        if transposesA { a = try transposed(a, context) }
        let matrix = packed ?? pack(b, bias: nil, context)
        try expect(a.shape[1] == matrix.rows, "\(matrix.rows) columns", found: "\(a.shape)")
        var y = try context.make([a.shape[0], matrix.columns])
        if y.count > 0 { matrix.multiply(a.floats, rows: a.shape[0], stride: a.shape[1], into: y.floats, context) }
        if alpha != 1 { y = try context.combine(.multiply, y, Value(NDArray(scalar: alpha))) }
        guard let c = inputs.optional(2), !isBiasPacked, beta != 0 else { return [y] }
        try expect(c.shape.broadcast(with: y.shape) == y.shape, "c that broadcasts to \(y.shape)", found: "\(c.shape)")
        let scaled = beta == 1 ? c : try context.combine(.multiply, c, Value(NDArray(scalar: beta)))
        return [try context.combine(.add, y, scaled)]
    }

    private func transposed(_ a: Value, _ context: ExecutionContext) throws(OperatorError) -> Value {
        let result = try context.makeTemporary([a.shape[1], a.shape[0]], .float32)
        context.copy(
            a.base, [1, a.shape[1]], to: result.base, result.strides, extents: result.shape.dimensions, size: 4)
        return result
    }
}
