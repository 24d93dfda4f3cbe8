import ApusONNX

/// Half a wave, 0 at its ends. <https://onnx.ai/onnx/operators/onnx__HannWindow.html>
struct HannWindow: Operator {
    static let type = OperatorType("HannWindow", since: 17)
    private let window: CosineWindow

    init(_ node: Node, opset: Int) throws(GraphError) { window = try CosineWindow(node, (0.5, -0.5, 0)) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        try window(inputs, context)
    }
}
