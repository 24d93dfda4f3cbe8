import ApusONNX
import Glibc

/// `y = artanh(x)`. <https://onnx.ai/onnx/operators/onnx__Atanh.html>
struct HyperbolicArcTangent: ScalarFunction {
    static let type = OperatorType("Atanh", since: 9)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(1...1) }

    func value(_ x: Double) -> Double { atanh(x) }
}
