import ApusCore
import ApusONNX
import CApusKernels

/// The mean of each window, by channel. <https://onnx.ai/onnx/operators/onnx__AveragePool.html>
struct AveragePooling: Operator {
    static let type = OperatorType("AveragePool")
    private let window: Window
    private let countsPadding: Bool

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        window = try Window(node)
        guard window.kernel != nil else { throw .missingAttribute("kernel_shape", node: node.label) }
        countsPadding = try node.flag("count_include_pad", default: false)
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        [
            try context.pool(try inputs.required(0), window) { call in
                call.average = true
                call.count_padding = countsPadding
            }
        ]
    }
}
