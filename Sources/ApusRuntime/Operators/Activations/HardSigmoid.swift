import ApusONNX
import CApusKernels

/// `y = max(0, min(1, alpha · x + beta))`. <https://onnx.ai/onnx/operators/onnx__HardSigmoid.html>
struct HardSigmoid: ElementwiseFunction {
    static let type = OperatorType("HardSigmoid", since: 1)
    let function: apus_activation?

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        function = apus_activation(
            APUS_HARD_SIGMOID, try node.float("alpha", default: 0.2), try node.float("beta", default: 0.5))
    }
}
