import ApusONNX

/// The sum of squares along axes. <https://onnx.ai/onnx/operators/onnx__ReduceSumSquare.html>
struct SumOfSquaresReduction: AxesReduction {
    static let type = OperatorType("ReduceSumSquare")
    static let reduction = Reduction.sumOfSquares
    let axes: ReducedAxes

    init(_ node: Node, opset: Int) throws(GraphError) { axes = try ReducedAxes(node) }
}
