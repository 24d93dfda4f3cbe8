import ApusONNX
import Glibc

/// `y = sinh(x)`. <https://onnx.ai/onnx/operators/onnx__Sinh.html>
struct HyperbolicSine: ScalarFunction {
    static let type = OperatorType("Sinh", since: 9)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(1...1) }

    func value(_ x: Double) -> Double { sinh(x) }
}
