import ApusONNX
import CApusKernels

/// `y = x` where `x ≥ 0`, `alpha · (exp(x) − 1)` elsewhere. <https://onnx.ai/onnx/operators/onnx__Elu.html>
struct ELU: ElementwiseFunction {
    static let type = OperatorType("Elu", since: 1)
    let function: apus_activation?

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        function = apus_activation(APUS_ELU, try node.float("alpha", default: 1))
    }
}
