import ApusONNX
import CApusKernels

/// `y = eˣ`. <https://onnx.ai/onnx/operators/onnx__Exp.html>
struct Exponential: ElementwiseFunction {
    static let type = OperatorType("Exp", since: 1)
    let function: apus_activation?

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        function = apus_activation(APUS_EXP)
    }
}
