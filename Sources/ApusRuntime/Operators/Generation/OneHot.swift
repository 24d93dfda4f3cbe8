import ApusCore
import ApusONNX

/// For each index a line with one value at that place and another elsewhere; an index outside marks no place.
/// <https://onnx.ai/onnx/operators/onnx__OneHot.html>
struct OneHot: Operator {
    static let type = OperatorType("OneHot", since: 9)
    private let axis: Int

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(3...3)
        axis = try node.int("axis", default: -1)
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let which = try inputs.required(0), values = try context.rowMajor(try inputs.required(2))
        let depths = try inputs.required(1).anyDoubles(context)
        try expect(
            depths.count == 1 && (1...0x1p40).contains(depths[0]), "a depth of at least 1", found: "\(depths.prefix(8))"
        )
        try expect(values.count == 2, "two values, for off and on", found: "\(values.shape)")
        let depth = Int(depths[0])
        try expect((-which.rank - 1...which.rank).contains(axis), "an axis within \(which.rank + 1)", found: "\(axis)")
        let axis = axis < 0 ? axis + which.rank + 1 : axis
        var extents = which.shape.dimensions
        extents.insert(depth, at: axis)
        let off = Value([], values.dataType, storage: values.storage, offset: values.offset)
        let result = try context.make(Shape(extents), values.dataType)
        context.copy(
            off.base, [Int](repeating: 0, count: extents.count), to: result.base, result.strides, extents: extents,
            size: values.dataType.size)
        let inner = extents[(axis + 1)...].reduce(1, *), size = values.dataType.size
        for (position, number) in try which.anyDoubles(context).enumerated() {
            guard number >= Double(-depth), number < Double(depth) else { continue }
            let index = Int(number) + (number < 0 ? depth : 0)
            guard index < depth else { continue }
            let place = (position / inner * depth + index) * inner + position % inner
            (result.base + place * size).copyMemory(from: values.base + size, byteCount: size)
        }
        return [result]
    }
}
