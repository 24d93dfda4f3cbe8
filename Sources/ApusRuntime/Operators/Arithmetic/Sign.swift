import ApusCore
import ApusONNX
import CApusKernels

/// −1, 0 or 1. <https://onnx.ai/onnx/operators/onnx__Sign.html>
struct Sign: ElementwiseFunction {
    static let type = OperatorType("Sign", since: 9)
    let function: apus_activation?

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        function = apus_activation(APUS_SIGN)
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try inputs.required(0)
        guard !x.dataType.isFloatingPoint else { return [try context.apply(apus_activation(APUS_SIGN), to: x)] }
        return [try context.make(x.shape, x.dataType, integers: try x.integers(context).map { $0.signum() })]
    }
}
