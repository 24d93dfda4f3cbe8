import ApusCore
import ApusONNX

/// One element of a sequence. <https://onnx.ai/onnx/operators/onnx__SequenceAt.html>
struct SequenceAccess: GeneralOperator {
    static let type = OperatorType("SequenceAt", since: 11)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(2...2) }

    func run(_ inputs: [AnyValue?], _ context: ExecutionContext) throws(OperatorError) -> [AnyValue] {
        let elements = try inputs.sequence(0)
        guard let place = try inputs.place(1, count: elements.count, context) else {
            throw .mismatch(expected: "a place", found: "none")
        }
        return [elements[place]]
    }
}
