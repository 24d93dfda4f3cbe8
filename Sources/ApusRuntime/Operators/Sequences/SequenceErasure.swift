import ApusCore
import ApusONNX

/// A sequence without one element, by default the last. <https://onnx.ai/onnx/operators/onnx__SequenceErase.html>
struct SequenceErasure: GeneralOperator {
    static let type = OperatorType("SequenceErase", since: 11)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(1...2) }

    func run(_ inputs: [AnyValue?], _ context: ExecutionContext) throws(OperatorError) -> [AnyValue] {
        var elements = try inputs.sequence(0)
        try expect(!elements.isEmpty, "an element to erase", found: "an empty sequence")
        elements.remove(at: try inputs.place(1, count: elements.count, context) ?? elements.count - 1)
        return [.sequence(elements)]
    }
}
