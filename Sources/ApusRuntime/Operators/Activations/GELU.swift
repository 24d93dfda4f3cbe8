import ApusONNX
import CApusKernels

/// `y = x/2 · (1 + erf(x/√2))`, or its tanh approximation. <https://onnx.ai/onnx/operators/onnx__Gelu.html>
struct GELU: ElementwiseFunction {
    static let type = OperatorType("Gelu", since: 20)
    let function: apus_activation?

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        let isApproximate = try node.string("approximate", default: "none") == "tanh"
        function = apus_activation(isApproximate ? APUS_GELU_TANH : APUS_GELU)
    }
}
