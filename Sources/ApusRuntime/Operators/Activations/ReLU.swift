import ApusONNX
import CApusKernels

/// `y = max(x, 0)`. <https://onnx.ai/onnx/operators/onnx__Relu.html>
struct ReLU: ElementwiseFunction {
    static let type = OperatorType("Relu", since: 1)
    let function: apus_activation?

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        function = apus_activation(APUS_RELU)
    }
}
