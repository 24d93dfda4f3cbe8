import ApusONNX
import CApusKernels

/// `y = 1 / (1 + exp(−x))`. <https://onnx.ai/onnx/operators/onnx__Sigmoid.html>
struct Sigmoid: ElementwiseFunction {
    static let type = OperatorType("Sigmoid", since: 1)
    let function: apus_activation?

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        function = apus_activation(APUS_SIGMOID)
    }
}
