import ApusCore
import ApusONNX
import CApusKernels

/// The largest of each window, by channel, and where it is in the flattened input (as if it were not padded).
/// <https://onnx.ai/onnx/operators/onnx__MaxPool.html>
struct MaximumPooling: Operator, ImageWriter {
    static let type = OperatorType("MaxPool")
    private let window: Window
    private let wantsIndices: Bool
    /// Whether indices count down the first spatial axis first.
    private let isColumnMajor: Bool

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        try node.requireOutputs(1...2)
        window = try Window(node)
        guard window.kernel != nil else { throw .missingAttribute("kernel_shape", node: node.label) }
        wantsIndices = node.outputs.count > 1 && !node.outputs[1].isEmpty
        isColumnMajor = try node.flag("storage_order", default: false)
    }

    func isReplayable(constants: [Bool]) -> Bool { !wantsIndices }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let value = try inputs.required(0)
        if !wantsIndices, context.hasPoolingKernel(for: value) { return [try context.pool(value, window) { _ in }] }
        context.recording?.refuse()
        let (walk, shape) = try context.windows(on: value, window)
        let x = try context.rowMajor(value), y = try context.make(shape, x.dataType)
        let indices = try context.make(wantsIndices ? shape : [0], .int64)
        let numbers = indices.pointer(Int64.self)
        try x.dataType.accept(
            Run(x: x, y: y, indices: wantsIndices ? numbers : nil, walk: walk, context: context))
        if wantsIndices, isColumnMajor { reorder(numbers, count: y.count, walk.axes) }
        return wantsIndices ? [y, indices] : [y]
    }

    /// Row-major indices into planes as column-major ones.
    private func reorder(_ indices: UnsafeMutablePointer<Int64>, count: Int, _ axes: [WindowPlacement.Axis]) {
        let plane = axes.reduce(1) { $0 * $1.extent }
        for position in 0..<count where indices[position] >= 0 {
            let index = Int(indices[position])
            var rest = index % plane, inside = 0, stride = plane
            for axis in axes.reversed() {
                stride /= axis.extent
                inside += rest % axis.extent * stride
                rest /= axis.extent
            }
            indices[position] = Int64(index / plane * plane + inside)
        }
    }

    private struct Run: NumberVisitor {
        let x, y: Value
        let indices: UnsafeMutablePointer<Int64>?
        let walk: WindowWalk
        let context: ExecutionContext

        func visit<Element: Number>(_ type: Element.Type) {
            walk.run(x.pointer(type), MaximumSummary(maxima: y.pointer(type), indices: indices), context)
        }
    }
}
