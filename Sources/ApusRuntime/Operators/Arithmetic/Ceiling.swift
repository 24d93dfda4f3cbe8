import ApusONNX
import CApusKernels

/// The smallest whole number that is not below x. <https://onnx.ai/onnx/operators/onnx__Ceil.html>
struct Ceiling: ElementwiseFunction {
    static let type = OperatorType("Ceil", since: 1)
    let function: apus_activation?

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        function = apus_activation(APUS_CEIL)
    }
}
