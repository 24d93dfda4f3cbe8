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
        let x = try inputs.required(0)
        guard let axis = try inputs.required(1).indices(context).first else {
            throw .mismatch(expected: "an axis", found: "none")
        }
        let resolved = try x.shape.resolve(axis: axis)
        try expect(x.rank > 0, "at least one dimension", found: "a scalar")
        let inner = x.shape.dimensions[(resolved + 1)...].reduce(1, *)
        if x.dataType.isFloatingPoint {
            let sums = running(try x.doubles(context), extent: x.shape[resolved], inner: inner, +)
            return [try context.make(x.shape, x.dataType, doubles: sums)]
        }
        let sums = running(try x.integers(context), extent: x.shape[resolved], inner: inner, &+)
        return [try context.make(x.shape, x.dataType, integers: sums)]
    }

    private func running<Number: Numeric>(
        _ values: [Number], extent: Int, inner: Int, _ add: (Number, Number) -> Number
    ) -> [Number] {
        var result = values
        guard !values.isEmpty else { return result }
        for line in 0..<values.count / extent {
            let start = line / inner * extent * inner + line % inner
            var sum = Number.zero
            for step in 0..<extent {
                let index = start + (runsBackward ? extent - 1 - step : step) * inner
                let next = add(sum, values[index])
                result[index] = excludesOwn ? sum : next
                sum = next
            }
        }
        return result
    }
}
