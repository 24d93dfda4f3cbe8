import ApusONNX
import Glibc

/// `y = arctan(x)`. <https://onnx.ai/onnx/operators/onnx__Atan.html>
struct ArcTangent: ScalarFunction {
    static let type = OperatorType("Atan", since: 7)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(1...1) }

    func value(_ x: Double) -> Double { atan(x) }
}
