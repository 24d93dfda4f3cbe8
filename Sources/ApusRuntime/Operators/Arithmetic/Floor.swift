import ApusONNX
import CApusKernels

/// The greatest whole number that is not above x. <https://onnx.ai/onnx/operators/onnx__Floor.html>
struct Floor: ElementwiseFunction {
    static let type = OperatorType("Floor", since: 1)
    let function: apus_activation?

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        function = apus_activation(APUS_FLOOR)
    }
}
