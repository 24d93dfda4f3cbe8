import ApusONNX
import Glibc

/// `y = arcsin(x)`. <https://onnx.ai/onnx/operators/onnx__Asin.html>
struct ArcSine: ScalarFunction {
    static let type = OperatorType("Asin", since: 7)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(1...1) }

    func value(_ x: Double) -> Double { asin(x) }
}
