import ApusCore
import ApusONNX

/// The elements along an axis divided by their 1-norm or 2-norm; zeros stay zeros.
/// <https://onnx.ai/onnx/operators/onnx__LpNormalization.html>
struct LpNormalization: Operator {
    static let type = OperatorType("LpNormalization")
    private let axis: Int
    private let norm: PowerNorm

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        axis = try node.int("axis", default: -1)
        norm = try PowerNorm(node)
        guard norm.order <= 2 else {
            throw .attributeValue("p", expected: "1 or 2", found: "\(norm.order)", node: node.label)
        }
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try context.rowMajor(try inputs.required(0))
        try x.requireReal()
        try expect(x.rank > 0, "at least 1 dimension", found: "\(x.shape)")
        let y = try context.make(x.shape, x.dataType)
        let lines = AxisLines(x, try x.shape.resolve(axis: axis))
        try x.dataType.accept(real: Run(x: x, y: y, lines: lines, norm: norm, context: context))
        return [y]
    }

    private struct Run: RealVisitor {
        let x, y: Value
        let lines: AxisLines
        let norm: PowerNorm
        let context: ExecutionContext

        func visit<Element: Real>(_ type: Element.Type) {
            let count = lines.outer * lines.inner, step = lines.inner
            context.forEachRange(below: count, of: max(1, 4096 / max(1, lines.extent))) { range in
                for line in range {
                    let start = line / step * lines.extent * step + line % step
                    let source = x.pointer(type) + start, target = y.pointer(type) + start
                    var total = 0.0
                    for i in 0..<lines.extent { total += norm.power(of: Double(source[i * step])) }
                    let length = norm.root(of: total)
                    for i in 0..<lines.extent {
                        target[i * step] = length == 0 ? 0 : Element(Double(source[i * step]) / length)
                    }
                }
            }
        }
    }
}
