import ApusCore
import ApusONNX
import CApusKernels

/// NumPy's matmul of 8-bit integers that stand for numbers, to such integers.
/// <https://onnx.ai/onnx/operators/onnx__QLinearMatMul.html>
struct QuantizedMatrixProduct: Operator {
    static let type = OperatorType("QLinearMatMul", since: 10)
    static let widensHalves = false

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(8...8) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let target = try inputs.required(7).dataType
        try expect(target.isByte, "an output of 8-bit integers", found: "\(target)")
        var finish = apus_quantized_convolution()
        finish.input_zero = try context.rowZero(try inputs.required(2))
        finish.output_zero = try context.byteZero(try inputs.required(7))
        finish.output_is_signed = target == .int8
        finish.inverse_scale = 1
        let scales = try inputs.required(4).doubles(context).map { Float($0) }
        let x = try rowScale(try inputs.required(1), context), y = try context.floatScalar(try inputs.required(6))
        let product = ByteMatrixProduct(
            context: context, zeros: try context.byteZeros(try inputs.required(5)), finish: finish)
        return [
            try product(try inputs.required(0), try inputs.required(3), to: target) { columns throws(OperatorError) in
                try expect(
                    scales.count == 1 || scales.count == columns, "1 or \(columns) scales", found: "\(scales.count)")
                return QuantizedFactors(
                    bias: Array(repeating: 0, count: columns),
                    scale: (0..<columns).map { x * scales[scales.count == 1 ? 0 : $0] / y },
                    offset: Array(repeating: 0, count: columns), groups: 1)
            }
        ]
    }

    private func rowScale(_ value: Value, _ context: ExecutionContext) throws(OperatorError) -> Float {
        let scales = try value.doubles(context)
        guard let first = scales.first, scales.allSatisfy({ $0 == first }) else {
            throw .unsupported("a scale for each row of the left side")
        }
        return Float(first)
    }
}
