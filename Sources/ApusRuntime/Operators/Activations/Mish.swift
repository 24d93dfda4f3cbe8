import ApusONNX
import CApusKernels

/// `y = x · tanh(softplus(x))`. <https://onnx.ai/onnx/operators/onnx__Mish.html>
struct Mish: ElementwiseFunction {
    static let type = OperatorType("Mish", since: 18)
    let function: apus_activation?

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        function = apus_activation(APUS_MISH)
    }
}
