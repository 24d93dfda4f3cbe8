import ApusCore
import ApusONNX

/// One element for each index, from the index's own place but for `axis`.
/// <https://onnx.ai/onnx/operators/onnx__GatherElements.html>
struct ElementGathering: Operator {
    static let type = OperatorType("GatherElements", since: 11)
    private let axis: Int

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(2...2)
        axis = try node.int("axis", default: 0)
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try context.rowMajor(try inputs.required(0)), which = try inputs.required(1)
        let result = try context.make(which.shape, x.dataType), size = x.dataType.size
        for (index, place) in try x.shape.places(of: which, axis: axis, context).enumerated() {
            (result.base + index * size).copyMemory(from: x.base + place * size, byteCount: size)
        }
        return [result]
    }
}
