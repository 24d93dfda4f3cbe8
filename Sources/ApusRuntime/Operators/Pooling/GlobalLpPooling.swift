import ApusCore
import ApusONNX

/// The p-norm of each channel over all pixels. <https://onnx.ai/onnx/operators/onnx__GlobalLpPool.html>
struct GlobalLpPooling: Operator {
    static let type = OperatorType("GlobalLpPool", since: 2)
    private let norm: PowerNorm

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        norm = try PowerNorm(node)
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try inputs.required(0)
        try expect(x.rank >= 3, "at least 3 dimensions", found: "\(x.shape)")
        try x.requireReal()
        let shape = Shape(x.shape.dimensions[..<2] + [Int](repeating: 1, count: x.rank - 2))
        let y = try context.make(shape, x.dataType)
        try x.dataType.accept(real: Run(x: try context.rowMajor(x), y: y, norm: norm, context: context))
        return [y]
    }

    private struct Run: RealVisitor {
        let x, y: Value
        let norm: PowerNorm
        let context: ExecutionContext

        func visit<Element: Real>(_ type: Element.Type) {
            let source = x.pointer(type), target = y.pointer(type)
            let pixels = x.count / max(1, y.count)
            context.forEachRange(below: y.count, of: 16384 / max(1, pixels)) { planes in
                for plane in planes {
                    var total = 0.0
                    for i in plane * pixels..<(plane + 1) * pixels { total += norm.power(of: Double(source[i])) }
                    target[plane] = Element(norm.root(of: total))
                }
            }
        }
    }
}
