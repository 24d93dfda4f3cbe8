import ApusONNX

/// The sum of magnitudes along axes. <https://onnx.ai/onnx/operators/onnx__ReduceL1.html>
struct L1Reduction: AxesReduction {
    static let type = OperatorType("ReduceL1")
    static let reduction = Reduction.l1
    let axes: ReducedAxes

    init(_ node: Node, opset: Int) throws(GraphError) { axes = try ReducedAxes(node) }
}
