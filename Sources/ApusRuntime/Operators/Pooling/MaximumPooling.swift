import ApusCore
import ApusONNX
import CApusKernels

/// The largest of each window, by channel. <https://onnx.ai/onnx/operators/onnx__MaxPool.html>
struct MaximumPooling: Operator {
    static let type = OperatorType("MaxPool")
    private let window: Window

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        try node.requireOutputs(1...1)
        window = try Window(node)
        guard window.kernel != nil else { throw .missingAttribute("kernel_shape", node: node.label) }
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        [try context.pool(try inputs.required(0), window) { _ in }]
    }
}
