import ApusCore
import ApusONNX

/// Puts pooled elements back where `MaxPool` found them, zeros elsewhere.
/// <https://onnx.ai/onnx/operators/onnx__MaxUnpool.html>
///
/// The indices count in the input of the pooling, whose extents follow from the window; a larger output shape has
/// zeros beyond it.
struct MaximumUnpooling: Operator {
    static let type = OperatorType("MaxUnpool", since: 9)
    private let kernel: [Int]
    private let strides, pads: [Int]?

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(2...3)
        guard let kernel = try node.extents("kernel_shape", from: 1) else {
            throw .missingAttribute("kernel_shape", node: node.label)
        }
        self.kernel = kernel
        strides = try node.extents("strides", from: 1)
        pads = try node.extents("pads", from: 0)
        guard strides?.count ?? kernel.count == kernel.count, pads?.count ?? 2 * kernel.count == 2 * kernel.count
        else {
            throw .attributeValue(
                "kernel_shape", expected: "as many strides and twice as many pads", found: "\(kernel)",
                node: node.label)
        }
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try context.rowMajor(try inputs.required(0))
        let places = try inputs.required(1, .int64)
        try expect(x.rank == kernel.count + 2, "\(kernel.count + 2) dimensions", found: "\(x.shape)")
        try expect(places.shape == x.shape, "indices of shape \(x.shape)", found: "\(places.shape)")
        let pooled = try pooledShape(x.shape)
        let y = try context.make(try outputShape(inputs, pooled, context), x.dataType)
        y.base.initializeMemory(as: UInt8.self, repeating: 0, count: y.count * y.dataType.size)
        let map = IndexMap(from: pooled, to: y.shape)
        let size = x.dataType.size, limit = try pooled.requireCount()
        for (number, place) in try context.rowMajor(places).indices(context).enumerated() {
            try expect(place >= 0 && place < limit, "indices below \(limit)", found: "\(place)")
            guard let target = map[place] else { continue }
            (y.base + target * size).copyMemory(from: x.base + number * size, byteCount: size)
        }
        return [y]
    }

    /// The shape that pooling with this window made `shape` of.
    private func pooledShape(_ shape: Shape) throws(OperatorError) -> Shape {
        var result = shape
        for axis in kernel.indices {
            let before = pads?[axis] ?? 0, after = pads?[axis + kernel.count] ?? 0
            let (product, overflow) = (shape[axis + 2] - 1).multipliedReportingOverflow(by: strides?[axis] ?? 1)
            let extent = overflow ? -1 : product &- before &- after &+ kernel[axis]
            try expect(extent >= 0, "padding smaller than the output", found: "\(extent) pixels")
            result[axis + 2] = extent
        }
        return result
    }

    private func outputShape(
        _ inputs: [Value?], _ pooled: Shape, _ context: ExecutionContext
    ) throws(OperatorError) -> Shape {
        guard let extents = try inputs.optional(2)?.indices(context) else { return pooled }
        try expect(extents.count == pooled.rank, "an output shape of rank \(pooled.rank)", found: "\(extents)")
        return Shape(extents)
    }

    /// Where an element of one shape lies in another of the same rank; `nil` where that has no such place.
    private struct IndexMap {
        let from, to: [Int]
        let strides: [Int]

        init(from: Shape, to: Shape) {
            (self.from, self.to, strides) = (from.dimensions, to.dimensions, to.strides)
        }

        subscript(index: Int) -> Int? {
            if from == to { return index }
            var rest = index, result = 0
            for axis in from.indices.reversed() {
                let place = rest % from[axis]
                guard place < to[axis] else { return nil }
                result += place * strides[axis]
                rest /= from[axis]
            }
            return result
        }
    }
}
