import ApusCore
import ApusONNX

/// The bits of unsigned integers moved left or right; by the width or more, none are left; shapes broadcast.
/// <https://onnx.ai/onnx/operators/onnx__BitShift.html>
struct BitShift: Operator {
    static let type = OperatorType("BitShift", since: 11)
    private let operation: BitOperation

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(2...2)
        let direction = try node.string("direction")
        guard direction == "LEFT" || direction == "RIGHT" else {
            throw .attributeValue("direction", expected: "LEFT or RIGHT", found: direction, node: node.label)
        }
        operation = direction == "LEFT" ? .shiftLeft : .shiftRight
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let a = try inputs.required(0)
        try expect(!a.dataType.isSigned, "unsigned integers", found: "\(a.dataType)")
        return [try context.combineBits(operation, a, try inputs.required(1))]
    }
}
