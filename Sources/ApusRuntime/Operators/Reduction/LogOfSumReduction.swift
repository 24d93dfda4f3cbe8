import ApusONNX

/// The logarithm of the sum along axes. <https://onnx.ai/onnx/operators/onnx__ReduceLogSum.html>
struct LogOfSumReduction: AxesReduction {
    static let type = OperatorType("ReduceLogSum")
    static let reduction = Reduction.logOfSum
    let axes: ReducedAxes

    init(_ node: Node, opset: Int) throws(GraphError) { axes = try ReducedAxes(node) }
}
