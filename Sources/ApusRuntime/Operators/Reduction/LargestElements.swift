import ApusCore
import ApusONNX

/// The `k` largest (or smallest) elements along an axis, in their order, with their indices; equals in the order of
/// the input, NaN beyond all others. <https://onnx.ai/onnx/operators/onnx__TopK.html>
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
        try expect(x.rank > 0, "at least one dimension", found: "a scalar")
        let extent = x.shape[axis]
        try expect((0...extent).contains(k), "k from 0 to \(extent)", found: "\(k)")
        let order = (0..<x.rank).filter { $0 != axis } + [axis]
        let lines = try context.transposed(x, by: order)
        let moved = Shape(order.dropLast().map { x.shape[$0] } + [k])
        let values = try context.makeTemporary(moved, lines.dataType)
        let positions = try context.makeTemporary(moved, .int64)
        try lines.dataType.accept(
            LineSelection(
                x: lines, values: values, positions: positions, extent: extent, k: k, takesLargest: takesLargest,
                context: context))
        let back = (0..<x.rank).map { $0 == axis ? x.rank - 1 : $0 < axis ? $0 : $0 - 1 }
        return [try context.transposed(values, by: back), try context.transposed(positions, by: back)]
    }
}

private struct LineSelection: NumberVisitor {
    let x, values, positions: Value
    let extent, k: Int
    let takesLargest: Bool
    let context: ExecutionContext

    func visit<Element: Number>(_ type: Element.Type) throws(OperatorError) {
        guard k > 0 else { return }
        let source = x.pointer(type), best = values.pointer(type), places = positions.pointer(Int64.self)
        context.forEachRange(below: values.count / k, of: (1 << 12) / extent) { rows in
            for row in rows {
                let line = source + row * extent
                let chosen = choose(Precedence(line: line, takesLargest: takesLargest))
                for (rank, index) in chosen.enumerated() {
                    (best[row * k + rank], places[row * k + rank]) = (line[index], Int64(index))
                }
            }
        }
    }

    /// The first `k` indices in order, without sorting all where they are few.
    private func choose<Element: Number>(_ precedes: Precedence<Element>) -> [Int] {
        guard k < extent / 8 else { return Array((0..<extent).sorted { precedes($0, $1) }.prefix(k)) }
        var heap = SelectionHeap(precedes: precedes)
        for index in 0..<extent { heap.offer(index, keeping: k) }
        return heap.elements.sorted { precedes($0, $1) }
    }
}

/// Which of two places of a line comes first: NaN before all numbers where the largest are sought, else after them.
private struct Precedence<Element: Number> {
    let line: UnsafePointer<Element>
    let takesLargest: Bool

    func callAsFunction(_ a: Int, _ b: Int) -> Bool {
        let (x, y) = (line[a], line[b])
        if x < y { return !takesLargest }
        if x > y { return takesLargest }
        if x.isNotANumber != y.isNotANumber { return x.isNotANumber == takesLargest }
        return a < b
    }
}

/// The best few of many: the worst of those kept lies on top, where it is found and replaced at once.
private struct SelectionHeap<Element: Number> {
    private(set) var elements: [Int] = []
    private let precedes: Precedence<Element>

    init(precedes: Precedence<Element>) { self.precedes = precedes }

    mutating func offer(_ element: Int, keeping count: Int) {
        if elements.count < count {
            elements.append(element)
            rise(from: elements.count - 1)
        } else if precedes(element, elements[0]) {
            elements[0] = element
            sink()
        }
    }

    private mutating func rise(from start: Int) {
        var child = start
        while child > 0, precedes(elements[(child - 1) / 2], elements[child]) {
            elements.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private mutating func sink() {
        var parent = 0
        while 2 * parent + 1 < elements.count {
            var worst = 2 * parent + 1
            if worst + 1 < elements.count, precedes(elements[worst], elements[worst + 1]) { worst += 1 }
            guard precedes(elements[parent], elements[worst]) else { return }
            elements.swapAt(parent, worst)
            parent = worst
        }
    }
}
