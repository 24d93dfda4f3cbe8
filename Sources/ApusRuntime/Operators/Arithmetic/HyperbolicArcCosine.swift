import ApusONNX
import Glibc

/// `y = arcosh(x)`. <https://onnx.ai/onnx/operators/onnx__Acosh.html>
struct HyperbolicArcCosine: ScalarFunction {
    static let type = OperatorType("Acosh", since: 9)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(1...1) }

    func value(_ x: Double) -> Double { acosh(x) }
}
