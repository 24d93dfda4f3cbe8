import ApusCore
import ApusONNX

/// The slices along an axis for which a condition holds; without an axis, the elements.
/// <https://onnx.ai/onnx/operators/onnx__Compress.html>
struct Compression: Operator {
    static let type = OperatorType("Compress", since: 9)
    private let axis: Int?

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(2...2)
        axis = try node.optionalInt("axis")
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        var x = try context.rowMajor(try inputs.required(0))
        let condition = try context.rowMajor(try inputs.required(1, .bool))
        if axis == nil { x = x.reshaped(to: [x.count]) }
        let axis = try x.shape.resolve(axis: axis ?? 0), flags = condition.buffer(UInt8.self)
        try expect(
            x.rank > 0 && condition.rank == 1 && condition.count <= x.shape[axis],
            "at most \(x.rank > 0 ? x.shape[axis] : 0) truth values", found: "\(condition.shape)")
        return [try context.gather(x, flags.indices.filter { flags[$0] != 0 }, axis: axis, shape: nil)]
    }
}
