import ApusCore
import ApusONNX
import CApusKernels

/// Exponentials over an axis, divided by their sum. Before opset 13 all axes from `axis` on count as one.
/// <https://onnx.ai/onnx/operators/onnx__Softmax.html>
struct Softmax: Operator {
    static let type = OperatorType("Softmax")
    private let axis: Int
    private let flattens: Bool

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        flattens = opset < 13
        axis = try node.int("axis", default: flattens ? 1 : -1)
    }

    func isReplayable(constants: [Bool]) -> Bool { true }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        [try context.softmax(try inputs.required(0), axis: axis, flattens: flattens, logarithm: false)]
    }
}
