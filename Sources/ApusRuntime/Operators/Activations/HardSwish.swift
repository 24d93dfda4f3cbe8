import ApusONNX
import CApusKernels

/// `y = x · max(0, min(1, x / 6 + 1/2))`. <https://onnx.ai/onnx/operators/onnx__HardSwish.html>
struct HardSwish: ElementwiseFunction {
    static let type = OperatorType("HardSwish", since: 14)
    let function: apus_activation?

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        function = apus_activation(APUS_HARD_SWISH)
    }
}
