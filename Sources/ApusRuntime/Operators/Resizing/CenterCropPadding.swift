import ApusCore
import ApusONNX

/// Cuts off, or adds zeros, on both sides of axes until they have wanted extents.
/// <https://onnx.ai/onnx/operators/onnx__CenterCropPad.html>
struct CenterCropPadding: Operator {
    static let type = OperatorType("CenterCropPad", since: 18)
    private let axes: [Int]?

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(2...2)
        axes = try node.optionalInts("axes")
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try inputs.required(0), extents = try inputs.required(1).indices(context)
        let axes = try x.shape.resolve(axes: axes ?? Array(0..<x.rank))
        try expect(extents.count == axes.count, "\(axes.count) extents", found: "\(extents)")
        var shape = x.shape, common = x.shape
        var from = 0, to = 0
        for (axis, extent) in zip(axes, extents) {
            shape[axis] = extent
            common[axis] = min(extent, x.shape[axis])
        }
        let y = try context.make(shape, x.dataType)
        y.base.initializeMemory(as: UInt8.self, repeating: 0, count: y.count * y.dataType.size)
        for axis in axes {
            from += max(0, x.shape[axis] - shape[axis]) / 2 * x.strides[axis]
            to += max(0, shape[axis] - x.shape[axis]) / 2 * y.strides[axis]
        }
        guard common.count > 0 else { return [y] }
        context.copy(
            x.base + from * x.dataType.size, x.strides, to: y.base + to * x.dataType.size, y.strides,
            extents: common.dimensions, size: x.dataType.size)
        return [y]
    }
}
