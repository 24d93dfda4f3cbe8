import ApusONNX
import Glibc

/// `y = tan(x)`. <https://onnx.ai/onnx/operators/onnx__Tan.html>
struct Tangent: ScalarFunction {
    static let type = OperatorType("Tan", since: 7)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(1...1) }

    func value(_ x: Double) -> Double { tan(x) }
}
