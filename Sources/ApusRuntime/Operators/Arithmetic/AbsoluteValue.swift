import ApusCore
import ApusONNX
import CApusKernels

/// `y = |x|`. <https://onnx.ai/onnx/operators/onnx__Abs.html>
struct AbsoluteValue: ElementwiseFunction {
    static let type = OperatorType("Abs", since: 1)
    let function: apus_activation?

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        function = apus_activation(APUS_ABS)
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try inputs.required(0)
        guard !x.dataType.isFloatingPoint else { return [try context.apply(apus_activation(APUS_ABS), to: x)] }
        return [try context.make(x.shape, x.dataType, integers: try x.integers(context).map { $0 < 0 ? 0 &- $0 : $0 })]
    }
}
