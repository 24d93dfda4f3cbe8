import ApusONNX

/// Half a wave on a small step. <https://onnx.ai/onnx/operators/onnx__HammingWindow.html>
struct HammingWindow: Operator {
    static let type = OperatorType("HammingWindow", since: 17)
    private let window: CosineWindow

    init(_ node: Node, opset: Int) throws(GraphError) { window = try CosineWindow(node, (25.0 / 46, -21.0 / 46, 0)) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        try window(inputs, context)
    }
}
