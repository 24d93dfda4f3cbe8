import ApusCore
import ApusONNX

/// Copies side by side along each axis. <https://onnx.ai/onnx/operators/onnx__Tile.html>
struct Tiling: Operator {
    static let type = OperatorType("Tile", since: 6)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(2...2) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try inputs.required(0), repeats = try inputs.required(1).indices(context)
        try expect(
            repeats.count == x.rank && repeats.allSatisfy { (0...1 << 40).contains($0) },
            "\(x.rank) counts", found: "\(repeats)")
        var extents: [Int] = []
        for (extent, count) in zip(x.shape.dimensions, repeats) {
            let (product, overflow) = extent.multipliedReportingOverflow(by: count)
            try expect(!overflow, "a shape that fits in memory", found: "\(x.shape) times \(repeats)")
            extents.append(product)
        }
        let result = try context.make(Shape(extents), x.dataType)
        guard result.count > 0 else { return [result] }
        // Each axis becomes two: a repeat, which the source does not move along, and the axis itself.
        let own = x.strides, strides = result.shape.strides
        context.copy(
            x.base, own.flatMap { [0, $0] }, to: result.base,
            zip(strides, x.shape.dimensions).flatMap { [$0 * $1, $0] },
            extents: zip(repeats, x.shape.dimensions).flatMap { [$0, $1] }, size: x.dataType.size)
        return [result]
    }
}
