import ApusCore
import ApusONNX

/// Product, element by element; shapes broadcast. <https://onnx.ai/onnx/operators/onnx__Mul.html>
struct Multiplication: Operator {
    static let type = OperatorType("Mul")

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(2...2)
        try node.requireNumPyBroadcasting()
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        [try context.combine(.multiply, try inputs.required(0), try inputs.required(1))]
    }
}
