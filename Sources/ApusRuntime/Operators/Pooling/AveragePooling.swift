import ApusCore
import ApusONNX
import CApusKernels

/// The mean of each window, by channel. <https://onnx.ai/onnx/operators/onnx__AveragePool.html>
struct AveragePooling: Operator {
    static let type = OperatorType("AveragePool")
    private let window: Window
    private let countsPadding: Bool

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        window = try Window(node)
        guard window.kernel != nil else { throw .missingAttribute("kernel_shape", node: node.label) }
        countsPadding = try node.flag("count_include_pad", default: false)
    }

    func isReplayable(constants: [Bool]) -> Bool { true }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try inputs.required(0)
        let (walk, shape) = try context.windows(on: x, window)
        // The specification's text and its test data disagree on what such a window divides by; no exporter writes it.
        guard !countsPadding || !walk.axes.contains(where: { $0.dilation > 1 && $0.reachesBeyondPadding }) else {
            throw .unsupported("windows with gaps that count padding and end beyond it")
        }
        guard !context.hasPoolingKernel(for: x) else {
            return [
                try context.pool(x, window) { call in
                    call.average = true
                    call.count_padding = countsPadding
                }
            ]
        }
        context.recording?.refuse()
        try x.requireReal()
        let y = try context.make(shape, x.dataType)
        let run = Run(x: try context.rowMajor(x), y: y, walk: walk, countsPadding: countsPadding, context: context)
        try x.dataType.accept(real: run)
        return [y]
    }

    private struct Run: RealVisitor {
        let x, y: Value
        let walk: WindowWalk
        let countsPadding: Bool
        let context: ExecutionContext

        func visit<Element: Real>(_ type: Element.Type) {
            walk.run(x.pointer(type), AverageSummary(means: y.pointer(type), countsPadding: countsPadding), context)
        }
    }
}
