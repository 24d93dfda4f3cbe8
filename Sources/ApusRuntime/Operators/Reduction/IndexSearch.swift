import ApusCore
import ApusONNX

/// The search along one axis that ArgMax and ArgMin share. NaN counts as what is sought.
struct IndexSearch: Sendable {
    private let axis: Int
    private let keeps, takesLast, seeksLargest: Bool

    init(_ node: Node, seeksLargest: Bool) throws(GraphError) {
        try node.requireInputs(1...1)
        axis = try node.int("axis", default: 0)
        keeps = try node.flag("keepdims", default: true)
        takesLast = try node.flag("select_last_index", default: false)
        self.seeksLargest = seeksLargest
    }

    /// The index, along the axis, of the largest (or smallest) element.
    func run(_ x: Value, _ context: ExecutionContext) throws(OperatorError) -> Value {
        let axis = try x.shape.resolve(axis: axis)
        try expect(x.rank > 0 && x.shape[axis] > 0, "at least one element along axis \(axis)", found: "\(x.shape)")
        let order = (0..<x.rank).filter { $0 != axis } + [axis]
        var extents = x.shape.dimensions
        if keeps { extents[axis] = 1 } else { extents.remove(at: axis) }
        let result = try context.make(Shape(extents), .int64)
        let lines = try context.transposed(x, by: order)
        try x.dataType.accept(
            LineSearch(
                x: lines, result: result, count: x.shape[axis], takesLast: takesLast, seeksLargest: seeksLargest,
                context: context))
        return result
    }
}

private struct LineSearch: NumberVisitor {
    let x, result: Value
    let count: Int
    let takesLast, seeksLargest: Bool
    let context: ExecutionContext

    func visit<Element: Number>(_ type: Element.Type) throws(OperatorError) {
        let source = x.pointer(type), target = result.pointer(Int64.self)
        context.forEachRange(below: result.count, of: (1 << 14) / count) { rows in
            for row in rows {
                let line = UnsafeBufferPointer(start: source + row * count, count: count)
                target[row] = Int64(seeksLargest ? best(line) { $0 > $1 } : best(line) { $0 < $1 })
            }
        }
    }

    @inline(__always)
    private func best<Element: Number>(
        _ line: UnsafeBufferPointer<Element>, _ isBetter: (Element, Element) -> Bool
    ) -> Int {
        var best = 0
        for index in 1..<max(line.count, 1) {
            let (candidate, current) = (line[index], line[best])
            if isBetter(candidate, current) || takesLast && candidate == current
                || candidate.isNotANumber && (takesLast || !current.isNotANumber)
            {
                best = index
            }
        }
        return best
    }
}
