import ApusCore
import ApusONNX
import CApusKernels

/// Convolution of 8-bit integers that stand for numbers, to such integers.
/// <https://onnx.ai/onnx/operators/onnx__QLinearConv.html>
struct QuantizedConvolution: Operator {
    static let type = OperatorType("QLinearConv", since: 10)
    private let convolution: ByteConvolution
    private var packed: PackedQuantizedConvolution?

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(8...9)
        convolution = try ByteConvolution(node)
    }

    mutating func prepare(_ constants: [NDArray?], _ context: ExecutionContext) throws(OperatorError) {
        guard constants.count > 5, let weights = constants[3], let zero = constants[5] else { return }
        packed = try convolution.pack(Value(weights), zero: Value(zero), context)
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let weights = try packed.or(
            try convolution.pack(try inputs.required(3), zero: inputs.optional(5), context))
        let target = try inputs.required(7).dataType
        try expect(target.isByte, "an output of 8-bit integers", found: "\(target)")
        var finish = apus_quantized_convolution()
        finish.input_zero = try context.byteZero(try inputs.required(2))
        finish.output_zero = try context.byteZero(try inputs.required(7))
        finish.output_is_signed = target == .int8
        finish.inverse_scale = 1
        let channels = weights.outChannels
        let bias = try inputs.optional(8)?.integers(context) ?? Array(repeating: 0, count: channels)
        try expect(bias.count == channels, "\(channels) biases", found: "\(bias.count)")
        let factors = QuantizedFactors(
            bias: bias.map { Int32(truncatingIfNeeded: $0) }, scale: try scales(inputs, channels, context),
            offset: Array(repeating: 0, count: channels), groups: weights.groups)
        return [try convolution.convolve(try inputs.required(0), weights, factors, finish, to: target, context)]
    }

    /// From sums to steps of the output, for each channel.
    private func scales(
        _ inputs: [Value?], _ channels: Int, _ context: ExecutionContext
    ) throws(OperatorError) -> [Float] {
        let x = try context.floatScalar(try inputs.required(1)), y = try context.floatScalar(try inputs.required(6))
        let weights = try inputs.required(4).doubles(context).map { Float($0) }
        try expect(
            weights.count == 1 || weights.count == channels, "1 or \(channels) scales", found: "\(weights.count)")
        return (0..<channels).map { x * weights[weights.count == 1 ? 0 : $0] / y }
    }
}
