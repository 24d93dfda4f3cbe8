import ApusONNX
import Glibc

/// `y = arccos(x)`. <https://onnx.ai/onnx/operators/onnx__Acos.html>
struct ArcCosine: ScalarFunction {
    static let type = OperatorType("Acos", since: 7)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(1...1) }

    func value(_ x: Double) -> Double { acos(x) }
}
