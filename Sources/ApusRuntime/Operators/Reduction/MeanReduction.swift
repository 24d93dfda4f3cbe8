import ApusONNX

/// The mean along axes. <https://onnx.ai/onnx/operators/onnx__ReduceMean.html>
struct MeanReduction: AxesReduction {
    static let type = OperatorType("ReduceMean")
    static let reduction = Reduction.mean
    let axes: ReducedAxes

    init(_ node: Node, opset: Int) throws(GraphError) { axes = try ReducedAxes(node) }
}
