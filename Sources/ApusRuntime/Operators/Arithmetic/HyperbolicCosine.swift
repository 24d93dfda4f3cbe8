import ApusONNX
import Glibc

/// `y = cosh(x)`. <https://onnx.ai/onnx/operators/onnx__Cosh.html>
struct HyperbolicCosine: ScalarFunction {
    static let type = OperatorType("Cosh", since: 9)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(1...1) }

    func value(_ x: Double) -> Double { cosh(x) }
}
