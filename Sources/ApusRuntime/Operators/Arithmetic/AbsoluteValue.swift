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
}
