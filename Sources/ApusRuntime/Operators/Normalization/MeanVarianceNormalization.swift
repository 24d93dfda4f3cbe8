import ApusCore
import ApusONNX

/// The elements along some axes to mean 0 and deviation 1.
/// <https://onnx.ai/onnx/operators/onnx__MeanVarianceNormalization.html>
struct MeanVarianceNormalization: Operator {
    static let type = OperatorType("MeanVarianceNormalization", since: 9)
    private let axes: [Int]

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        axes = try node.ints("axes", default: [0, 2, 3])
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try inputs.required(0)
        try x.requireReal()
        let axes = try x.shape.resolve(axes: axes)
        let order = (0..<x.rank).filter { !axes.contains($0) } + axes
        let lines = try context.transposed(x, by: order)
        let y = try context.make(x.shape, x.dataType)
        guard x.count > 0 else { return [y] }
        let count = axes.reduce(1) { $0 * x.shape[$1] }
        let standard = try context.makeTemporary(lines.shape, x.dataType)
        try x.dataType.accept(real: Run(x: lines, y: standard, count: count, context: context))
        let strides = y.strides
        context.copy(
            standard.base, standard.strides, to: y.base, order.map { strides[$0] },
            extents: standard.shape.dimensions, size: x.dataType.size)
        return [y]
    }

    private struct Run: RealVisitor {
        let x, y: Value
        let count: Int
        let context: ExecutionContext

        func visit<Element: Real>(_ type: Element.Type) {
            context.forEachRange(below: x.count / count, of: max(1, 4096 / count)) { range in
                for line in range {
                    let source = x.pointer(type) + line * count, target = y.pointer(type) + line * count
                    let moments = Moments(source, count: count)
                    // The specification adds this to the deviation, not to the variance.
                    let deviation = moments.variance.squareRoot() + 1e-9
                    for i in 0..<count { target[i] = Element((Double(source[i]) - moments.mean) / deviation) }
                }
            }
        }
    }
}
