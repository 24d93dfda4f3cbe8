import ApusONNX
import CApusKernels

/// `y = tanh(x)`. <https://onnx.ai/onnx/operators/onnx__Tanh.html>
struct Tanh: ElementwiseFunction {
    static let type = OperatorType("Tanh", since: 1)
    let function: apus_activation?

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        function = apus_activation(APUS_TANH)
    }
}
