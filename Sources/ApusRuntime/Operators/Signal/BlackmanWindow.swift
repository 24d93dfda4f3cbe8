import ApusONNX

/// A narrow wave with small side lobes. <https://onnx.ai/onnx/operators/onnx__BlackmanWindow.html>
struct BlackmanWindow: Operator {
    static let type = OperatorType("BlackmanWindow", since: 17)
    private let window: CosineWindow

    init(_ node: Node, opset: Int) throws(GraphError) { window = try CosineWindow(node, (0.42, -0.5, 0.08)) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        try window(inputs, context)
    }
}
