import ApusCore
import ApusONNX

/// Broadcasts to a shape. <https://onnx.ai/onnx/operators/onnx__Expand.html>
struct Expansion: Operator {
    static let type = OperatorType("Expand", since: 8)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(2...2) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try inputs.required(0), wanted = Shape(try inputs.required(1).indices(context))
        guard wanted.checkedCount != nil, let shape = x.shape.broadcast(with: wanted) else {
            throw .mismatch(expected: "a shape that \(x.shape) broadcasts to", found: "\(wanted)")
        }
        return [try context.expand(x, to: shape)]
    }
}
