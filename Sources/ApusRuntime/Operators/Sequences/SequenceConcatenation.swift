import ApusCore
import ApusONNX

/// The elements of a sequence one after the other, along an axis of theirs or a new one.
/// <https://onnx.ai/onnx/operators/onnx__ConcatFromSequence.html>
struct SequenceConcatenation: GeneralOperator {
    static let type = OperatorType("ConcatFromSequence", since: 11)
    private let axis: Int
    private let isNewAxis: Bool
    private let concatenation: Executor

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        axis = try node.int("axis")
        isNewAxis = try node.flag("new_axis", default: false)
        let inner = Node("Concat", name: node.label, inputs: ["x"], outputs: ["y"], attributes: ["axis": .int(axis)])
        concatenation = Executor(try Concatenation(inner, opset: 13))
    }

    func run(_ inputs: [AnyValue?], _ context: ExecutionContext) throws(OperatorError) -> [AnyValue] {
        let elements = try inputs.sequence(0)
        try expect(!elements.isEmpty, "an element or more", found: "an empty sequence")
        guard isNewAxis else { return try concatenation(elements, context) }
        var stack = Stack(ValueInfo("", type: .other("sequence")))
        for element in elements { try stack.append(element, context) }
        return [try stack.value(axis: axis, isReversed: false, context)]
    }
}
