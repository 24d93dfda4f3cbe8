import ApusONNX
import Glibc

/// `y = arsinh(x)`. <https://onnx.ai/onnx/operators/onnx__Asinh.html>
struct HyperbolicArcSine: ScalarFunction {
    static let type = OperatorType("Asinh", since: 9)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(1...1) }

    func value(_ x: Double) -> Double { asinh(x) }
}
