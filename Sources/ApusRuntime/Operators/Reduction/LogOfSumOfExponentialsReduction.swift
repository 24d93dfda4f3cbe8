import ApusONNX

/// The logarithm of the sum of exponentials along axes. <https://onnx.ai/onnx/operators/onnx__ReduceLogSumExp.html>
struct LogOfSumOfExponentialsReduction: AxesReduction {
    static let type = OperatorType("ReduceLogSumExp")
    static let reduction = Reduction.logOfSumOfExponentials
    let axes: ReducedAxes

    init(_ node: Node, opset: Int) throws(GraphError) { axes = try ReducedAxes(node) }
}
