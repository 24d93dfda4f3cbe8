import ApusONNX
import CApusKernels

/// `y = log(1 + exp(x))`. <https://onnx.ai/onnx/operators/onnx__Softplus.html>
struct Softplus: ElementwiseFunction {
    static let type = OperatorType("Softplus", since: 1)
    let function: apus_activation?

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        function = apus_activation(APUS_SOFTPLUS)
    }
}
