import ApusCore
import ApusONNX

/// The search along one axis that ArgMax and ArgMin share.
struct IndexSearch: Sendable {
    private let axis: Int
    private let keeps, takesLast: Bool

    init(_ node: Node) throws(GraphError) {
        try node.requireInputs(1...1)
        axis = try node.int("axis", default: 0)
        keeps = try node.flag("keepdims", default: true)
        takesLast = try node.flag("select_last_index", default: false)
    }

    /// The index, along the axis, of the element that `isBetter` than all others.
    func run(
        _ x: Value, _ context: ExecutionContext, isBetter: (Double, Double) -> Bool
    ) throws(OperatorError) -> Value {
        let axis = try x.shape.resolve(axis: axis)
        try expect(x.rank > 0 && x.shape[axis] > 0, "at least one element along axis \(axis)", found: "\(x.shape)")
        let order = (0..<x.rank).filter { $0 != axis } + [axis]
        let values = try context.transposed(x, by: order).anyDoubles(context)
        let count = x.shape[axis]
        let indices = stride(from: 0, to: values.count, by: count).map { start in
            var best = 0
            for i in 1..<max(count, 1) {
                let (candidate, current) = (values[start + i], values[start + best])
                if isBetter(candidate, current) || takesLast && candidate == current { best = i }
            }
            return Int64(best)
        }
        var extents = x.shape.dimensions
        if keeps { extents[axis] = 1 } else { extents.remove(at: axis) }
        return try context.make(Shape(extents), .int64, integers: indices)
    }
}
