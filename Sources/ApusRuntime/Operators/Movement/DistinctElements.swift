import ApusCore
import ApusONNX

/// The distinct elements, or slices along an axis, sorted or as they first appear; where each first appears, which of
/// them each element is, and how often it appears. <https://onnx.ai/onnx/operators/onnx__Unique.html>
struct DistinctElements: Operator {
    static let type = OperatorType("Unique", since: 11)
    private let axis: Int?
    private let sorts: Bool

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        axis = try node.optionalInt("axis")
        sorts = try node.flag("sorted", default: true)
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let given = try context.rowMajor(try inputs.required(0))
        let x = axis == nil ? given.reshaped(to: [given.count]) : given
        let axis = try x.shape.resolve(axis: axis ?? 0)
        try expect(x.rank > 0, "at least one dimension", found: "a scalar")
        let slices = try context.transposed(x, by: [axis] + (0..<x.rank).filter { $0 != axis })
        let search = SliceGrouping(
            x: try context.widened(slices).withBytesForBooleans, count: x.shape[axis], sorts: sorts)
        let groups = try search.x.dataType.accept(search)
        let distinct = try context.gather(x, groups.first, axis: axis, shape: nil)
        return [
            distinct, try list(groups.first, context), try list(groups.members, context),
            try list(groups.counts, context),
        ]
    }

    private func list(_ numbers: [Int], _ context: ExecutionContext) throws(OperatorError) -> Value {
        try context.make([numbers.count], .int64, integers: numbers.map(Int64.init))
    }
}

/// Equal slices of the first axis taken together.
private struct SliceGrouping: NumberVisitor {
    struct Groups {
        /// The first slice of each group.
        var first: [Int] = []
        var counts: [Int] = []
        /// The group of each slice.
        var members: [Int]
    }

    let x: Value
    let count: Int
    let sorts: Bool

    func visit<Element: Number>(_ type: Element.Type) throws(OperatorError) -> Groups {
        let length = count == 0 ? 0 : x.count / count, base = x.pointer(type)
        let order = (0..<count).sorted { a, b in
            let way = compare(base + a * length, base + b * length, length)
            return way == 0 ? a < b : way < 0
        }
        var groups = Groups(members: [Int](repeating: 0, count: count))
        for index in order {
            if let last = groups.first.last, compare(base + last * length, base + index * length, length) == 0 {
                groups.counts[groups.counts.count - 1] += 1
            } else {
                groups.first.append(index)
                groups.counts.append(1)
            }
            groups.members[index] = groups.first.count - 1
        }
        return sorts ? groups : inOrderOfAppearance(groups)
    }

    private func inOrderOfAppearance(_ groups: Groups) -> Groups {
        let order = groups.first.indices.sorted { groups.first[$0] < groups.first[$1] }
        var ranks = [Int](repeating: 0, count: order.count)
        for (rank, group) in order.enumerated() { ranks[group] = rank }
        return Groups(
            first: order.map { groups.first[$0] }, counts: order.map { groups.counts[$0] },
            members: groups.members.map { ranks[$0] })
    }

    /// −1, 0 or 1 by the first elements that differ; NaN equals NaN and follows all numbers.
    private func compare<Element: Number>(_ a: UnsafePointer<Element>, _ b: UnsafePointer<Element>, _ length: Int)
        -> Int
    {
        for index in 0..<length where a[index] != b[index] {
            let (x, y) = (a[index], b[index])
            if x.isNotANumber || y.isNotANumber {
                if x.isNotANumber != y.isNotANumber { return x.isNotANumber ? 1 : -1 }
            } else {
                return x < y ? -1 : 1
            }
        }
        return 0
    }
}
