import ApusCore
import ApusONNX

/// Running sums along an axis. <https://onnx.ai/onnx/operators/onnx__CumSum.html>
struct CumulativeSum: Operator {
    static let type = OperatorType("CumSum", since: 11)
    private let excludesOwn, runsBackward: Bool

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(2...2)
        excludesOwn = try node.flag("exclusive", default: false)
        runsBackward = try node.flag("reverse", default: false)
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try context.rowMajor(try inputs.required(0))
        guard let axis = try inputs.required(1).indices(context).first else {
            throw .mismatch(expected: "an axis", found: "none")
        }
        let resolved = try x.shape.resolve(axis: axis)
        try expect(x.rank > 0, "at least one dimension", found: "a scalar")
        let result = try context.make(x.shape, x.dataType)
        guard x.count > 0 else { return [x] }
        try x.dataType.accept(
            RunningSums(
                x: x, result: result, extent: x.shape[resolved],
                inner: x.shape.dimensions[(resolved + 1)...].reduce(1, *), excludesOwn: excludesOwn,
                runsBackward: runsBackward))
        return [result]
    }
}

private struct RunningSums: NumberVisitor {
    let x, result: Value
    let extent, inner: Int
    let excludesOwn, runsBackward: Bool

    func visit<Element: Number>(_ type: Element.Type) throws(OperatorError) {
        let source = x.pointer(type), target = result.pointer(type)
        for line in 0..<x.count / extent {
            let start = line / inner * extent * inner + line % inner
            var sum = Element.Total.nought
            for step in 0..<extent {
                let index = start + (runsBackward ? extent - 1 - step : step) * inner
                let next = Element.Total.sum(sum, source[index].total)
                target[index] = Element(total: excludesOwn ? sum : next)
                sum = next
            }
        }
    }
}
