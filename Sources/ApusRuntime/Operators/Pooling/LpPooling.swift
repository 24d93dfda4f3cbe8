import ApusCore
import ApusONNX

/// The p-norm of each window, by channel. <https://onnx.ai/onnx/operators/onnx__LpPool.html>
struct LpPooling: Operator {
    static let type = OperatorType("LpPool", since: 2)
    private let window: Window
    private let norm: PowerNorm

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        window = try Window(node)
        guard window.kernel != nil else { throw .missingAttribute("kernel_shape", node: node.label) }
        norm = try PowerNorm(node)
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try inputs.required(0)
        try x.requireReal()
        let (walk, shape) = try context.windows(on: x, window)
        let y = try context.make(shape, x.dataType)
        try x.dataType.accept(real: Run(x: try context.rowMajor(x), y: y, walk: walk, norm: norm, context: context))
        return [y]
    }

    private struct Run: RealVisitor {
        let x, y: Value
        let walk: WindowWalk
        let norm: PowerNorm
        let context: ExecutionContext

        func visit<Element: Real>(_ type: Element.Type) {
            walk.run(x.pointer(type), NormSummary(norms: y.pointer(type), norm: norm), context)
        }
    }
}

extension PowerNorm {
    /// The node's attribute `p`, 2 where it says nothing.
    init(_ node: Node) throws(GraphError) { order = try node.count("p", default: 2) }
}
