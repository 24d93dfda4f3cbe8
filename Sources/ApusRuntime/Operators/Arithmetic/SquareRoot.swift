import ApusONNX
import CApusKernels

/// `y = √x`; of a negative number it is NaN. <https://onnx.ai/onnx/operators/onnx__Sqrt.html>
struct SquareRoot: ElementwiseFunction {
    static let type = OperatorType("Sqrt", since: 1)
    let function: apus_activation?

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        function = apus_activation(APUS_SQRT)
    }
}
