import ApusONNX
import CApusKernels

/// The error function. <https://onnx.ai/onnx/operators/onnx__Erf.html>
struct ErrorFunction: ElementwiseFunction {
    static let type = OperatorType("Erf", since: 9)
    let function: apus_activation?

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        function = apus_activation(APUS_ERF)
    }
}
