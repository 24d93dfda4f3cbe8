import ApusCore
import ApusONNX
import CApusKernels

/// NumPy's matmul of 8-bit integers with 32-bit sums. <https://onnx.ai/onnx/operators/onnx__MatMulInteger.html>
struct IntegerMatrixProduct: Operator {
    static let type = OperatorType("MatMulInteger", since: 10)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(2...4) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        var finish = apus_quantized_convolution()
        if let zero = inputs.optional(2) { finish.input_zero = try context.rowZero(zero) }
        let zeros = try inputs.optional(3).map { zero throws(OperatorError) in try context.byteZeros(zero) }
        let product = ByteMatrixProduct(context: context, zeros: zeros ?? [0], finish: finish)
        return [
            try product(try inputs.required(0), try inputs.required(1), to: .int32) {
                QuantizedFactors(channels: $0, groups: 1)
            }
        ]
    }
}

extension ExecutionContext {
    /// The zero point of a matrix product's left side, which must be one for all rows.
    func rowZero(_ value: Value) throws(OperatorError) -> Int32 {
        let zeros = try byteZeros(value)
        guard let first = zeros.first, zeros.allSatisfy({ $0 == first }) else {
            throw .unsupported("a zero point for each row of the left side")
        }
        return Int32(first)
    }
}
