import ApusONNX

/// The largest element along axes. <https://onnx.ai/onnx/operators/onnx__ReduceMax.html>
struct MaximumReduction: AxesReduction {
    static let type = OperatorType("ReduceMax")
    static let reduction = Reduction.maximum
    let axes: ReducedAxes

    init(_ node: Node, opset: Int) throws(GraphError) { axes = try ReducedAxes(node) }
}
