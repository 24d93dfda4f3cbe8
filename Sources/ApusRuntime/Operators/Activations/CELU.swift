import ApusONNX
import Glibc

/// `y = x` where `x ≥ 0`, `alpha · (exp(x / alpha) − 1)` elsewhere. <https://onnx.ai/onnx/operators/onnx__Celu.html>
struct CELU: ScalarFunction {
    static let type = OperatorType("Celu", since: 12)
    private let alpha: Double

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        alpha = Double(try node.float("alpha", default: 1))
    }

    func value(_ x: Double) -> Double { max(0, x) + min(0, alpha * expm1(x / alpha)) }
}
