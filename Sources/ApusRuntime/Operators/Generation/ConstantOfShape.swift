import ApusCore
import ApusONNX

/// A shape filled with one value. <https://onnx.ai/onnx/operators/onnx__ConstantOfShape.html>
struct ConstantOfShape: Operator {
    static let type = OperatorType("ConstantOfShape", since: 9)
    private let value: NDArray

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        value = try node.optionalTensor("value") ?? NDArray(scalar: Float(0))
        guard value.count == 1 else {
            throw .attributeValue("value", expected: "one element", found: "\(value.shape)", node: node.label)
        }
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let shape = Shape(try inputs.required(0).indices(context))
        let scalar = Value(value).reshaped(to: [])
        _ = try shape.requireCount()
        return [try context.expand(scalar, to: shape)]
    }
}
