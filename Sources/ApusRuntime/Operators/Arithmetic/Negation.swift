import ApusONNX
import CApusKernels

/// `y = −x`. <https://onnx.ai/onnx/operators/onnx__Neg.html>
struct Negation: ElementwiseFunction {
    static let type = OperatorType("Neg", since: 1)
    let function: apus_activation?

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        function = apus_activation(APUS_NEGATIVE)
    }
}
