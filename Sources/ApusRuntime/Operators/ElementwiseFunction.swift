import ApusCore
import ApusONNX
import CApusKernels

/// An operator that applies one function to every element, and may thus follow a convolution in one pass.
protocol ElementwiseFunction: Operator {
    /// The function, or `nil` where its parameters are known only when the model runs.
    var function: apus_activation? { get }
}

extension ElementwiseFunction {
    func isReplayable(constants: [Bool]) -> Bool { function != nil && constants.areConstant(from: 1) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        guard let function else { throw .unsupported("the function's parameters are not constant") }
        return [try context.apply(function, to: try inputs.required(0))]
    }
}

extension apus_activation {
    init(_ function: apus_function, _ a: Float = 0, _ b: Float = 0) {
        self.init(function: function, a: a, b: b)
    }
}

extension ExecutionContext {
    /// `f` of every element, in the layout of `value`.
    func apply(_ f: apus_activation, to value: Value) throws(OperatorError) -> Value {
        if value.dataType == .float32 {
            let result = try make(value.shape, like: value)
            apply(f, from: value, to: result)
            return result
        }
        recording?.refuse()
        let x = value.isDense ? value : try rowMajor(value)
        let result = try make(x.shape, like: x)
        try x.dataType.accept(UnaryLoop(function: f, x: x, result: result, context: self))
        return result
    }

    /// `f` of every element between two values of one shape and one kind of layout.
    func apply(_ f: apus_activation, from value: Value, to result: Value) {
        let count = value.count
        if value.isChannelsLast, value.shape[1] > 0 {
            let channels = value.shape[1], strides = (value.pixelStride, result.pixelStride)
            call([value.base, result.base]) { [cpu] operands, pool in
                apus_unary(
                    cpu, pool, f, operands.floats(0), strides.0, operands.floats(1), strides.1, count / channels,
                    channels)
            }
        } else {
            call([value.base, result.base]) { [cpu] operands, pool in
                apus_unary(cpu, pool, f, operands.floats(0), count, operands.floats(1), count, 1, count)
            }
        }
    }
}
