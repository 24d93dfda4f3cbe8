import ApusCore
import ApusONNX

/// What ScatterElements was called before opset 11. <https://onnx.ai/onnx/operators/onnx__Scatter.html>
struct Scattering: Operator {
    static let type = OperatorType("Scatter", since: 9)
    private let scattering: ElementScattering

    init(_ node: Node, opset: Int) throws(GraphError) {
        scattering = try ElementScattering(node, opset: opset)
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        try scattering(inputs, context)
    }
}
