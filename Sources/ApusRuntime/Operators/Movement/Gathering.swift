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
        let extents = x.shape.dimensions, extent = extents[axis]
        let indices = try which.indices(context)
        try expect(
            indices.allSatisfy { (-extent..<extent).contains($0) }, "indices within \(extent)",
            found: "\(indices.prefix(8))")
        let result = try context.make(
            Shape(extents[..<axis] + which.shape.dimensions + extents[(axis + 1)...]), x.dataType)
        let outer = extents[..<axis].reduce(1, *), bytes = extents[(axis + 1)...].reduce(1, *) * x.dataType.size
        for block in 0..<(result.count == 0 ? 0 : outer) {
            for (position, index) in indices.enumerated() {
                let source = x.base + (block * extent + (index < 0 ? index + extent : index)) * bytes
                (result.base + (block * indices.count + position) * bytes).copyMemory(from: source, byteCount: bytes)
            }
        }
        return [result]
    }
}
