import ApusONNX
import CApusKernels

/// The nearest whole number; halves go to the even one. <https://onnx.ai/onnx/operators/onnx__Round.html>
struct Rounding: ElementwiseFunction {
    static let type = OperatorType("Round", since: 11)
    let function: apus_activation?

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        function = apus_activation(APUS_ROUND)
    }
}
