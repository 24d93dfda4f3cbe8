import ApusONNX

/// `y = x` where `x > alpha`, 0 elsewhere. <https://onnx.ai/onnx/operators/onnx__ThresholdedRelu.html>
struct ThresholdedReLU: ScalarFunction {
    static let type = OperatorType("ThresholdedRelu", since: 1)
    private let alpha: Double

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        alpha = Double(try node.float("alpha", default: 1))
    }

    func value(_ x: Double) -> Double { x > alpha ? x : 0 }
}
