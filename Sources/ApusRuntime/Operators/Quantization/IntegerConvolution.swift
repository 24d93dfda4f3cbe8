import ApusCore
import ApusONNX
import CApusKernels

/// Convolution of 8-bit integers with 32-bit sums. <https://onnx.ai/onnx/operators/onnx__ConvInteger.html>
struct IntegerConvolution: Operator {
    static let type = OperatorType("ConvInteger", since: 10)
    private let convolution: ByteConvolution
    private var packed: PackedQuantizedConvolution?

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(2...4)
        convolution = try ByteConvolution(node)
    }

    mutating func prepare(_ constants: [NDArray?], _ context: ExecutionContext) throws(OperatorError) {
        guard constants.count > 1, let weights = constants[1] else { return }
        guard constants.count < 4 || constants[3] != nil else { return }
        let zero = constants.count > 3 ? constants[3].map { Value($0) } : nil
        packed = try convolution.pack(Value(weights), zero: zero, context)
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try inputs.required(0)
        let weights = try packed.or(
            try convolution.pack(try inputs.required(1), zero: inputs.optional(3), context))
        var finish = apus_quantized_convolution()
        if let zero = inputs.optional(2) { finish.input_zero = try context.byteZero(zero) }
        let factors = QuantizedFactors(channels: weights.outChannels, groups: weights.groups)
        return [try convolution.convolve(x, weights, factors, finish, to: .int32, context)]
    }
}
