import ApusONNX
import CApusKernels

/// `y = gamma · x` where `x ≥ 0`, `gamma · alpha · (exp(x) − 1)` elsewhere.
/// <https://onnx.ai/onnx/operators/onnx__Selu.html>
struct SELU: ElementwiseFunction {
    static let type = OperatorType("Selu", since: 1)
    let function: apus_activation?

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        function = apus_activation(
            APUS_SELU, try node.float("alpha", default: 1.67326319217681884765625),
            try node.float("gamma", default: 1.05070102214813232421875))
    }
}
