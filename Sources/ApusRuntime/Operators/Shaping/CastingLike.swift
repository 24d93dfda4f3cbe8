import ApusCore
import ApusONNX

/// The numbers of the first input in the type of the second. <https://onnx.ai/onnx/operators/onnx__CastLike.html>
struct CastingLike: Operator {
    static let type = OperatorType("CastLike", since: 15)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(2...2) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        [try context.cast(try inputs.required(0), to: try inputs.required(1).dataType)]
    }
}
