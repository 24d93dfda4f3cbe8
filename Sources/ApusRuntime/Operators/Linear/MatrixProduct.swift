import ApusCore
import ApusONNX

/// NumPy's matmul: products of the last two axes, the others broadcast.
/// <https://onnx.ai/onnx/operators/onnx__MatMul.html>
struct MatrixProduct: Operator {
    static let type = OperatorType("MatMul")
    private var packed: PackedMatrix?

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(2...2) }

    mutating func prepare(_ constants: [NDArray?], _ context: ExecutionContext) throws(OperatorError) {
        guard constants.count > 1, let b = constants[1], b.shape.rank == 2, b.dataType == .float32 else { return }
        packed = try PackedMatrix(Value(b), at: 0, context)
    }

    func isReplayable(constants: [Bool]) -> Bool { true }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let a = try inputs.required(0), b = try inputs.required(1, a.dataType)
        return [try context.multiply(a, b, packed: packed)]
    }
}
