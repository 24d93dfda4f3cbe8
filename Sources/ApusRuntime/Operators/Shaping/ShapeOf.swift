import ApusCore
import ApusONNX

/// The extents as a list, from `start` to before `end`. <https://onnx.ai/onnx/operators/onnx__Shape.html>
struct ShapeOf: Operator {
    static let type = OperatorType("Shape")
    private let start: Int
    private let end: Int?

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        start = try node.int("start", default: 0)
        end = try node.optionalInt("end")
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try inputs.required(0)
        let first = Self.clamp(start, x.rank), last = max(first, Self.clamp(end ?? x.rank, x.rank))
        let extents = x.shape.dimensions[first..<last].map(Int64.init)
        return [try context.make([extents.count], .int64, integers: extents)]
    }

    private static func clamp(_ axis: Int, _ rank: Int) -> Int {
        axis < 0 ? max(0, axis < -rank ? 0 : axis + rank) : min(axis, rank)
    }
}
