import ApusONNX
import CApusKernels

/// `y = x` where `x ≥ 0`, `alpha · x` elsewhere. <https://onnx.ai/onnx/operators/onnx__LeakyRelu.html>
struct LeakyReLU: ElementwiseFunction {
    static let type = OperatorType("LeakyRelu", since: 1)
    let function: apus_activation?

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        function = apus_activation(APUS_LEAKY_RELU, try node.float("alpha", default: 0.01))
    }
}
