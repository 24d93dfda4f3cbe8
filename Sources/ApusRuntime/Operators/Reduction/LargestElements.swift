import ApusCore
import ApusONNX

/// The `k` largest (or smallest) elements along an axis, with their indices; equals in the order of the input.
/// <https://onnx.ai/onnx/operators/onnx__TopK.html>
struct LargestElements: Operator {
    static let type = OperatorType("TopK")
    private let axis: Int
    private let takesLargest: Bool
    /// Before opset 10 `k` is an attribute.
    private let count: Int?

    init(_ node: Node, opset: Int) throws(GraphError) {
        axis = try node.int("axis", default: -1)
        takesLargest = try node.flag("largest", default: true)
        count = opset < 10 ? try node.int("k") : nil
        try node.requireInputs(opset < 10 ? 1...1 : 2...2)
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try inputs.required(0)
        let k = try count.or(try inputs.required(1).indices(context).first ?? 0)
        let axis = try x.shape.resolve(axis: axis)
        try expect(
            x.rank > 0 && x.dataType != .int64 && x.dataType != .uint64,
            "numbers that a double holds", found: "\(x.shape) of \(x.dataType)")
        let extent = x.shape[axis]
        try expect((0...extent).contains(k), "k from 0 to \(extent)", found: "\(k)")
        let order = (0..<x.rank).filter { $0 != axis } + [axis]
        let all = try context.transposed(x, by: order).anyDoubles(context)
        var values: [Double] = [], indices: [Int64] = []
        for start in stride(from: 0, to: all.count, by: max(extent, 1)) {
            let best = choose(all[start..<start + extent], k)
            values += best.map { all[start + $0] }
            indices += best.map(Int64.init)
        }
        let moved = Shape(order.dropLast().map { x.shape[$0] } + [k])
        let back = (0..<x.rank).map { $0 == axis ? x.rank - 1 : $0 < axis ? $0 : $0 - 1 }
        let picked =
            x.dataType.isFloatingPoint
            ? try context.make(moved, x.dataType, doubles: values)
            : try context.make(moved, x.dataType, integers: values.map { Int64($0) })
        let positions = try context.make(moved, .int64, integers: indices)
        return [try context.transposed(picked, by: back), try context.transposed(positions, by: back)]
    }

    private func choose(_ line: ArraySlice<Double>, _ k: Int) -> [Int] {
        let start = line.startIndex
        let order = line.indices.sorted { a, b in
            let (x, y) = (line[a], line[b])
            if x == y || x.isNaN && y.isNaN { return a < b }
            return takesLargest ? x.isNaN || x > y : y.isNaN || x < y
        }
        return order.prefix(k).map { $0 - start }
    }
}
