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
        packed = try pack(Value(b), bias: bias, context)
    }

    func isReplayable(constants: [Bool]) -> Bool { packed != nil && alpha == 1 && beta == 1 }

    private func pack(_ b: Value, bias: Value?, _ context: ExecutionContext) throws(OperatorError) -> PackedMatrix {
        let (rows, columns) = (b.shape[0], b.shape[1])
        return try PackedMatrix(
            b.floats, rows: transposesB ? columns : rows, columns: transposesB ? rows : columns,
            rowStride: transposesB ? 1 : columns, columnStride: transposesB ? columns : 1, bias: bias?.floats, context)
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let given = try inputs.required(0), type = given.dataType
        guard type == .float32 else { return [try product(ofAnyType: inputs, type, context)] }
        var a = try context.rowMajor(given)
        let b = try context.rowMajor(try inputs.required(1, .float32))
        try expect(a.rank == 2 && b.rank == 2, "two matrices", found: "\(a.shape) and \(b.shape)")
        if transposesA { a = try context.transposed(a, by: [1, 0]) }
        let matrix = try packed.or(try pack(b, bias: nil, context))
        try expect(a.shape[1] == matrix.rows, "\(matrix.rows) columns", found: "\(a.shape)")
        let y = try context.make([a.shape[0], matrix.columns])
        if y.count > 0 { matrix.multiply(a.floats, rows: a.shape[0], stride: a.shape[1], into: y.floats, context) }
        return [try finish(y, isBiasPacked ? nil : inputs.optional(2), context)]
    }

    private func product(
        ofAnyType inputs: [Value?], _ type: DataType, _ context: ExecutionContext
    ) throws(OperatorError) -> Value {
        var a = try inputs.required(0), b = try inputs.required(1, type)
        try expect(a.rank == 2 && b.rank == 2, "two matrices", found: "\(a.shape) and \(b.shape)")
        if transposesA { a = try context.transposed(a, by: [1, 0]) }
        if transposesB { b = try context.transposed(b, by: [1, 0]) }
        return try finish(try context.multiply(a, b), inputs.optional(2), context)
    }

    /// `alpha · y + beta · c`.
    private func finish(_ y: Value, _ c: Value?, _ context: ExecutionContext) throws(OperatorError) -> Value {
        let y = alpha == 1 ? y : try context.combine(.multiply, y, try factor(alpha, y.dataType, context))
        guard let c, beta != 0 else { return y }
        try expect(c.shape.broadcast(with: y.shape) == y.shape, "c that broadcasts to \(y.shape)", found: "\(c.shape)")
        let scaled = beta == 1 ? c : try context.combine(.multiply, c, try factor(beta, c.dataType, context))
        return try context.combine(.add, y, scaled)
    }

    private func factor(_ value: Float, _ type: DataType, _ context: ExecutionContext) throws(OperatorError) -> Value {
        if type.isFloatingPoint { return try context.make([], type, doubles: [Double(value)]) }
        guard let whole = Int64(exactly: value) else {
            throw .unsupported("alpha and beta of \(alpha) and \(beta), which are not whole, with \(type)")
        }
        return try context.make([], type, integers: [whole])
    }
}
