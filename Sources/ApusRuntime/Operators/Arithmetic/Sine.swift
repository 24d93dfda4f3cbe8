import ApusONNX
import CApusKernels

/// `y = sin(x)`. <https://onnx.ai/onnx/operators/onnx__Sin.html>
struct Sine: ElementwiseFunction {
    static let type = OperatorType("Sin", since: 7)
    let function: apus_activation?

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        function = apus_activation(APUS_SIN)
    }
}
