import ApusONNX
import CApusKernels

/// `y = 1 / x`. <https://onnx.ai/onnx/operators/onnx__Reciprocal.html>
struct Reciprocal: ElementwiseFunction {
    static let type = OperatorType("Reciprocal", since: 1)
    let function: apus_activation?

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        function = apus_activation(APUS_RECIPROCAL)
    }
}
