import ApusONNX
import CApusKernels

/// `y = x / (1 + |x|)`. <https://onnx.ai/onnx/operators/onnx__Softsign.html>
struct Softsign: ElementwiseFunction {
    static let type = OperatorType("Softsign", since: 1)
    let function: apus_activation?

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        function = apus_activation(APUS_SOFTSIGN)
    }
}
