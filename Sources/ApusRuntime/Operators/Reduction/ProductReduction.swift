import ApusONNX

/// The product along axes. <https://onnx.ai/onnx/operators/onnx__ReduceProd.html>
struct ProductReduction: AxesReduction {
    static let type = OperatorType("ReduceProd")
    static let reduction = Reduction.product
    let axes: ReducedAxes

    init(_ node: Node, opset: Int) throws(GraphError) { axes = try ReducedAxes(node) }
}
