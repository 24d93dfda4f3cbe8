import ApusONNX

/// The Euclidean length along axes. <https://onnx.ai/onnx/operators/onnx__ReduceL2.html>
struct L2Reduction: AxesReduction {
    static let type = OperatorType("ReduceL2")
    static let reduction = Reduction.l2
    let axes: ReducedAxes

    init(_ node: Node, opset: Int) throws(GraphError) { axes = try ReducedAxes(node) }
}
