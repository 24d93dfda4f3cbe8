import ApusCore
import ApusONNX

/// The number of elements of a sequence. <https://onnx.ai/onnx/operators/onnx__SequenceLength.html>
struct SequenceLength: GeneralOperator {
    static let type = OperatorType("SequenceLength", since: 11)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(1...1) }

    func run(_ inputs: [AnyValue?], _ context: ExecutionContext) throws(OperatorError) -> [AnyValue] {
        [.tensor(try context.make([], .int64, integers: [Int64(try inputs.sequence(0).count)]))]
    }
}
