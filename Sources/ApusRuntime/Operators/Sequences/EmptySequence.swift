import ApusCore
import ApusONNX

/// A sequence without elements. <https://onnx.ai/onnx/operators/onnx__SequenceEmpty.html>
struct EmptySequence: GeneralOperator {
    static let type = OperatorType("SequenceEmpty", since: 11)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(0...0) }

    func run(_ inputs: [AnyValue?], _ context: ExecutionContext) throws(OperatorError) -> [AnyValue] { [.sequence([])] }
}
