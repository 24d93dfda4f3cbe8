import ApusCore
import ApusONNX

/// The number of elements. <https://onnx.ai/onnx/operators/onnx__Size.html>
struct ElementCount: Operator {
    static let type = OperatorType("Size")

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(1...1) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        [try context.make([], .int64, integers: [Int64(try inputs.required(0).count)])]
    }
}
