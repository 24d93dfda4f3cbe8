import ApusCore
import ApusONNX

/// Slices of an axis by index. <https://onnx.ai/onnx/operators/onnx__Gather.html>
struct Gathering: Operator {
    static let type = OperatorType("Gather")
    private let axis: Int

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(2...2)
        axis = try node.int("axis", default: 0)
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try context.rowMajor(try inputs.required(0)), which = try inputs.required(1)
        let axis = try x.shape.resolve(axis: axis)
        try expect(x.rank > 0, "at least one dimension", found: "a scalar")
        return [try context.gather(x, try which.indices(context), axis: axis, shape: which.shape)]
    }
}

extension ExecutionContext {
    /// The slices of row-major `x` along `axis` at `indices`, which count from the end where they are negative. In the
    /// result `shape` takes the place of the axis; `nil` stands for one axis.
    func gather(_ x: Value, _ indices: [Int], axis: Int, shape: Shape?) throws(OperatorError) -> Value {
        let extents = x.shape.dimensions, extent = extents[axis]
        try expect(
            indices.allSatisfy { (-extent..<extent).contains($0) }, "indices within \(extent)",
            found: "\(indices.prefix(8))")
        let middle = shape?.dimensions ?? [indices.count]
        let result = try make(Shape(extents[..<axis] + middle + extents[(axis + 1)...]), x.dataType)
        guard result.count > 0 else { return result }
        let outer = extents[..<axis].reduce(1, *), bytes = extents[(axis + 1)...].reduce(1, *) * x.dataType.size
        for block in 0..<outer {
            for (position, index) in indices.enumerated() {
                let source = x.base + (block * extent + (index < 0 ? index + extent : index)) * bytes
                (result.base + (block * indices.count + position) * bytes).copyMemory(from: source, byteCount: bytes)
            }
        }
        return result
    }
}
