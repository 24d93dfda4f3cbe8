import ApusCore
import ApusONNX

/// The middle of an array, cropped or surrounded by zeros to the extents asked for.
/// <https://onnx.ai/onnx/operators/onnx__CenterCropPad.html>
struct CenteredFit: Operator {
    static let type = OperatorType("CenterCropPad", since: 18)
    private let axes: [Int]?

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(2...2)
        axes = try node.optionalInts("axes")
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try inputs.required(0), wanted = try inputs.required(1).indices(context)
        let axes = try x.shape.resolve(axes: axes ?? Array(0..<x.rank))
        try expect(wanted.count == axes.count, "\(axes.count) extents", found: "\(wanted)")
        var shape = x.shape
        for (axis, extent) in zip(axes, wanted) { shape[axis] = extent }
        let result = try context.make(shape, x.dataType)
        result.base.initializeMemory(as: UInt8.self, repeating: 0, count: result.count * x.dataType.size)
        let own = x.strides, strides = result.strides
        var source = 0, target = 0, extents = x.shape.dimensions
        for axis in 0..<x.rank {
            extents[axis] = min(x.shape[axis], shape[axis])
            source += (x.shape[axis] - extents[axis]) / 2 * own[axis]
            target += (shape[axis] - extents[axis]) / 2 * strides[axis]
        }
        let size = x.dataType.size
        if !extents.contains(0) {
            context.copy(
                x.base + source * size, own, to: result.base + target * size, strides, extents: extents, size: size)
        }
        return [result]
    }
}
