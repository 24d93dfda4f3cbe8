import ApusCore
import ApusONNX

/// Einstein's summation convention: products of operands, summed over the labels that the output lacks.
///
/// Operands are contracted from left to right, each pair as one batched matrix product.
/// <https://onnx.ai/onnx/operators/onnx__Einsum.html>
struct Einsum: Operator {
    static let type = OperatorType("Einsum", since: 12)
    private let equation: EinsumEquation

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...)
        let text = try node.string("equation")
        guard let equation = EinsumEquation(text), equation.operands.count == node.inputs.count else {
            throw .attributeValue(
                "equation", expected: "an equation of \(node.inputs.count) terms such as \"ij,jk->ik\"", found: text,
                node: node.label)
        }
        self.equation = equation
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let values = try inputs.indices.map { index throws(OperatorError) in
            try inputs.required(index, try inputs.required(0).dataType)
        }
        let axes = try EinsumAxes(equation, values.map(\.shape))
        var left = try Labeled(values[0], axes.operands[0], axes, context)
        for index in values.indices.dropFirst() {
            let right = try Labeled(values[index], axes.operands[index], axes, context)
            left = try left.product(with: right, keeping: axes.labels(after: index), context)
        }
        left = try left.sum(keeping: Set(axes.output), context)
        let order = axes.output.compactMap { left.labels.firstIndex(of: $0) }
        return [try context.transposed(left.value, by: order)]
    }
}

/// What each axis of the operands and of the output is called, by number, and how far each label reaches.
struct EinsumAxes {
    private(set) var operands: [[Int]] = []
    let output: [Int]
    private(set) var extents: [Int: Int] = [:]

    init(_ equation: EinsumEquation, _ shapes: [Shape]) throws(OperatorError) {
        var widest = 0
        for (labels, shape) in zip(equation.operands, shapes) {
            let letters = labels.count { $0 != .ellipsis }
            let fits = labels.contains(.ellipsis) ? shape.rank >= letters : shape.rank == letters
            try expect(fits, "\(letters) dimensions as the equation says", found: "\(shape)")
            operands.append(Self.numbers(labels, spread: shape.rank - letters))
            widest = max(widest, shape.rank - letters)
        }
        output = Self.numbers(equation.output, spread: widest)
        for (labels, shape) in zip(operands, shapes) {
            for (label, extent) in zip(labels, shape.dimensions) {
                let known = extents[label] ?? 1
                try expect(known == 1 || extent == 1 || known == extent, "\(known) along a label", found: "\(extent)")
                extents[label] = known == 1 ? extent : known
            }
        }
    }

    /// Letters by their codes; the axes of an ellipsis, from the last on, by −1, −2 …
    private static func numbers(_ labels: [EinsumEquation.Label], spread: Int) -> [Int] {
        labels.flatMap { label in
            switch label {
            case .letter(let code): [Int(code)]
            case .ellipsis: (0..<spread).map { $0 - spread }
            }
        }
    }

    /// Labels that are still needed once operand `index` is contracted.
    func labels(after index: Int) -> Set<Int> { Set(operands[(index + 1)...].joined()).union(output) }
}

/// A row-major value whose axes have distinct labels.
private struct Labeled {
    let labels: [Int]
    let value: Value

    init(_ labels: [Int], _ value: Value) { (self.labels, self.value) = (labels, value) }

    /// An operand as given: of axes with one label the diagonal is taken, and axes that are stretched are left out.
    init(
        _ operand: Value, _ names: [Int], _ axes: EinsumAxes, _ context: ExecutionContext
    ) throws(OperatorError) {
        var labels: [Int] = [], extents: [Int] = [], strides: [Int] = []
        for ((label, extent), stride) in zip(zip(names, operand.shape.dimensions), operand.strides) {
            if extent == 1, axes.extents[label] != 1 { continue }
            if let place = labels.firstIndex(of: label) {
                strides[place] += stride
            } else {
                labels.append(label)
                extents.append(extent)
                strides.append(stride)
            }
        }
        guard labels.count < operand.rank else {
            self.init(labels, try context.rowMajor(operand))
            return
        }
        let value = try context.makeTemporary(Shape(extents), operand.dataType)
        context.copy(
            operand.base, strides, to: value.base, value.strides, extents: extents, size: operand.dataType.size)
        self.init(labels, value)
    }

    /// Sums over all labels but `kept`.
    func sum(keeping kept: Set<Int>, _ context: ExecutionContext) throws(OperatorError) -> Labeled {
        let axes = labels.indices.filter { !kept.contains(labels[$0]) }
        guard !axes.isEmpty else { return self }
        return Labeled(labels.filter(kept.contains), try context.reduce(value, axes, .sum, keeps: false))
    }

    /// The product, summed over labels that are not `kept`.
    func product(
        with other: Labeled, keeping kept: Set<Int>, _ context: ExecutionContext
    ) throws(OperatorError) -> Labeled {
        let a = try sum(keeping: kept.union(other.labels), context)
        let b = try other.sum(keeping: kept.union(labels), context)
        let shared = a.labels.filter(b.labels.contains)
        let batch = shared.filter(kept.contains), inner = shared.filter { !kept.contains($0) }
        let rows = a.labels.filter { !shared.contains($0) }, columns = b.labels.filter { !shared.contains($0) }
        let x = try a.reordered(batch + rows + inner, context), y = try b.reordered(batch + inner + columns, context)
        let outer = x.extents(batch)
        let product =
            inner.isEmpty
            ? try context.combine(
                .multiply, x.reshaped(outer + x.extents(rows) + columns.map { _ in 1 }),
                y.reshaped(outer + rows.map { _ in 1 } + y.extents(columns)))
            : try context.multiply(
                x.reshaped(outer + [x.count(rows), x.count(inner)]),
                y.reshaped(outer + [y.count(inner), y.count(columns)]))
        let shape = Shape(outer + x.extents(rows) + y.extents(columns))
        return Labeled(batch + rows + columns, product.reshaped(to: shape))
    }

    private func reordered(_ order: [Int], _ context: ExecutionContext) throws(OperatorError) -> Labeled {
        let axes = order.compactMap { labels.firstIndex(of: $0) }
        return Labeled(order, try context.transposed(value, by: axes))
    }

    private func extents(_ some: [Int]) -> [Int] {
        some.compactMap { label in labels.firstIndex(of: label).map { value.shape[$0] } }
    }

    private func count(_ some: [Int]) -> Int { extents(some).reduce(1, *) }

    private func reshaped(_ extents: [Int]) -> Value { value.reshaped(to: Shape(extents)) }
}
