import ApusONNX
import CApusKernels

/// The natural logarithm. <https://onnx.ai/onnx/operators/onnx__Log.html>
struct Logarithm: ElementwiseFunction {
    static let type = OperatorType("Log", since: 1)
    let function: apus_activation?

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        function = apus_activation(APUS_LOG)
    }
}
