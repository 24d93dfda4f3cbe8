import ApusCore
import ApusONNX

/// Whether an element is NaN. <https://onnx.ai/onnx/operators/onnx__IsNaN.html>
struct IsNotANumber: Operator {
    static let type = OperatorType("IsNaN", since: 9)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(1...1) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try inputs.required(0)
        return [try context.make(x.shape, .bool, integers: try x.doubles(context).map { $0.isNaN ? 1 : 0 })]
    }
}
