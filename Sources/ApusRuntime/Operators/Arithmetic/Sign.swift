import ApusONNX
import CApusKernels

/// −1, 0 or 1. <https://onnx.ai/onnx/operators/onnx__Sign.html>
struct Sign: ElementwiseFunction {
    static let type = OperatorType("Sign", since: 9)
    let function: apus_activation?

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        function = apus_activation(APUS_SIGN)
    }
}
