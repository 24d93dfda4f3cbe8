import ApusONNX
import CApusKernels

/// `y = cos(x)`. <https://onnx.ai/onnx/operators/onnx__Cos.html>
struct Cosine: ElementwiseFunction {
    static let type = OperatorType("Cos", since: 7)
    let function: apus_activation?

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        function = apus_activation(APUS_COS)
    }
}
