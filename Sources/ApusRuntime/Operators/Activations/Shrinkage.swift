import ApusONNX

/// `y = x + bias` below −lambda, `x − bias` above lambda, 0 between. <https://onnx.ai/onnx/operators/onnx__Shrink.html>
struct Shrinkage: ScalarFunction {
    static let type = OperatorType("Shrink", since: 9)
    static let takesIntegers = true
    private let threshold, bias: Double

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        threshold = Double(try node.float("lambd", default: 0.5))
        bias = Double(try node.float("bias", default: 0))
    }

    func value(_ x: Double) -> Double { x < -threshold ? x + bias : x > threshold ? x - bias : 0 }
}
