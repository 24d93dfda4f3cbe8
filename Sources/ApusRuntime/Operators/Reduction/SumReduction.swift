import ApusONNX

/// The sum along axes. <https://onnx.ai/onnx/operators/onnx__ReduceSum.html>
struct SumReduction: AxesReduction {
    static let type = OperatorType("ReduceSum")
    static let reduction = Reduction.sum
    let axes: ReducedAxes

    init(_ node: Node, opset: Int) throws(GraphError) { axes = try ReducedAxes(node) }
}
