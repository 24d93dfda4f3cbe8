import ApusCore
import ApusONNX

/// Adds up overlapping blocks, one a column, into images. <https://onnx.ai/onnx/operators/onnx__Col2Im.html>
struct ColumnsToImage: Operator {
    static let type = OperatorType("Col2Im", since: 18)
    private let window: Window

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(3...3)
        window = try Window(node)
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try context.rowMajor(try inputs.required(0))
        let image = try inputs.required(1).indices(context), block = try inputs.required(2).indices(context)
        try expect(image.count == block.count && !image.isEmpty, "as many extents as of a block", found: "\(image)")
        let axes = try window.axes(on: image, kernel: block)
        let taps = try Shape(block).requireCount(), places = try Shape(axes.map(\.count)).requireCount()
        try expect(
            x.rank == 3 && x.shape[2] == places && x.shape[1] % taps == 0,
            "[N, a multiple of \(taps), \(places)]", found: "\(x.shape)")
        let channels = x.shape[1] / taps
        let y = try context.make(Shape([x.shape[0], channels] + image), x.dataType)
        let fold = ColumnFold(
            axes: axes, channels: channels, batchStride: x.shape[1] * places, channelStride: taps * places,
            tapStride: places, placeStride: 1)
        try x.dataType.accept(Run(x: x, y: y, fold: fold, context: context))
        return [y]
    }

    private struct Run: NumberVisitor {
        let x, y: Value
        let fold: ColumnFold
        let context: ExecutionContext

        func visit<Element: Number>(_ type: Element.Type) {
            y.pointer(type).initialize(repeating: .nought, count: y.count)
            fold.add(x.pointer(type), to: y.pointer(type), batch: x.shape[0], context)
        }
    }
}
