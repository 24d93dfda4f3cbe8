import ApusONNX

/// The smallest element along axes. <https://onnx.ai/onnx/operators/onnx__ReduceMin.html>
struct MinimumReduction: AxesReduction {
    static let type = OperatorType("ReduceMin")
    static let reduction = Reduction.minimum
    let axes: ReducedAxes

    init(_ node: Node, opset: Int) throws(GraphError) { axes = try ReducedAxes(node) }
}
