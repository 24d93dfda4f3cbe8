import ApusCore
import ApusONNX

/// Enlarges or shrinks, by the nearest element or linearly. <https://onnx.ai/onnx/operators/onnx__Resize.html>
struct Resizing: Operator {
    static let type = OperatorType("Resize", since: 10)
    private let method: ResizeMethod
    private let hasRegion: Bool
    private let axes: [Int]?

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...4)
        method = try ResizeMethod(node, opset: opset)
        // Opset 10: X, scales. Since 11: X, region of interest, scales, sizes.
        hasRegion = opset >= 11
        axes = try node.optionalInts("axes")
        if let policy = try node.optionalString("keep_aspect_ratio_policy"), policy != "stretch" {
            throw .attributeValue("keep_aspect_ratio_policy", expected: "stretch", found: policy, node: node.label)
        }
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try inputs.required(0)
        let scales = try inputs.optional(hasRegion ? 2 : 1).map { value throws(OperatorError) in
            try value.doubles(context)
        }
        let sizes = try inputs.optional(3).map { value throws(OperatorError) in try value.indices(context) }
        let axes = try x.shape.resolve(axes: axes ?? Array(0..<x.rank))
        var target = x.shape
        var factors = [Double](repeating: 1, count: x.rank)
        if let sizes, !sizes.isEmpty {
            try expect(sizes.count == axes.count, "\(axes.count) sizes", found: "\(sizes)")
            for (size, axis) in zip(sizes, axes) {
                target[axis] = size
                factors[axis] = Double(size) / Double(max(1, x.shape[axis]))
            }
        } else {
            let scales = scales ?? []
            try expect(
                scales.count == axes.count && scales.allSatisfy { $0 > 0 && $0 < 0x1p32 },
                "\(axes.count) positive scales", found: "\(scales)")
            for (scale, axis) in zip(scales, axes) {
                let extent = Double(x.shape[axis]) * scale
                // The specification's formula and its own example disagree, and so do other runtimes.
                guard method.coordinates != .alignCorners || extent == extent.rounded() else {
                    throw .unsupported("align_corners to an extent of \(extent), which is not whole")
                }
                target[axis] = Int(extent.rounded(.down))
                factors[axis] = scale
            }
        }
        return [try context.resize(x, to: target, scales: factors, method)]
    }
}
