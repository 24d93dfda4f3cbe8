import ApusCore
import ApusONNX

/// Enlarges or shrinks, by the nearest element, linearly or cubically.
/// <https://onnx.ai/onnx/operators/onnx__Resize.html>
struct Resizing: Operator, ImageWriter {
    static let type = OperatorType("Resize", since: 10)
    private enum AspectRatio: String { case stretch, notLarger = "not_larger", notSmaller = "not_smaller" }

    private let method: ResizeMethod
    private let hasRegion: Bool
    private let axes: [Int]?
    private let aspectRatio: AspectRatio

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(opset < 11 ? 2...2 : 1...4)
        method = try ResizeMethod(node, opset: opset)
        // Opset 10: X, scales. Since 11: X, region of interest, scales, sizes.
        hasRegion = opset >= 11
        axes = try node.optionalInts("axes")
        let policy = try node.string("keep_aspect_ratio_policy", default: "stretch")
        guard let aspectRatio = AspectRatio(rawValue: policy) else {
            throw .attributeValue(
                "keep_aspect_ratio_policy", expected: "stretch, not_larger or not_smaller", found: policy,
                node: node.label)
        }
        self.aspectRatio = aspectRatio
    }

    func isReplayable(constants: [Bool]) -> Bool { constants.areConstant(from: 1) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try inputs.required(0)
        let chosen = try x.shape.resolve(axes: axes ?? Array(0..<x.rank))
        var plan = x.shape.dimensions.map { ResizeAxis(extent: $0, count: $0, scale: 1) }
        let parts = try zip(chosen, resized(chosen.map { x.shape[$0] }, inputs, context))
        for (axis, part) in parts { plan[axis] = part }
        if method.coordinates == .crop { try crop(&plan, chosen, inputs, context) }
        return [try context.resize(x, plan, method)]
    }

    /// The axes that are resized, as `sizes` or `scales` have them.
    private func resized(
        _ extents: [Int], _ inputs: [Value?], _ context: ExecutionContext
    ) throws(OperatorError) -> [ResizeAxis] {
        let sizes = hasRegion ? try inputs.optional(3)?.indices(context) ?? [] : []
        if !sizes.isEmpty { return try resized(extents, sizes) }
        let scales = try inputs.optional(hasRegion ? 2 : 1)?.doubles(context).map { Float($0) } ?? []
        try expect(scales.count == extents.count, "\(extents.count) scales", found: "\(scales)")
        var result: [ResizeAxis] = []
        for (extent, scale) in zip(extents, scales) {
            let axis = try ResizeAxis(extent: extent, scale: scale)
            // The specification's formula and its own example disagree, and so do other runtimes.
            guard method.coordinates != .alignCorners || Float(axis.count) == Float(extent) * scale else {
                throw .unsupported("align_corners to an extent of \(Float(extent) * scale), which is not whole")
            }
            result.append(axis)
        }
        return result
    }

    private func resized(_ extents: [Int], _ sizes: [Int]) throws(OperatorError) -> [ResizeAxis] {
        try expect(
            sizes.count == extents.count && sizes.allSatisfy { $0 >= 0 }, "\(extents.count) sizes", found: "\(sizes)")
        let scales = zip(extents, sizes).map { Float($1) / Float(max(1, $0)) }
        guard aspectRatio != .stretch else {
            return zip(extents, zip(sizes, scales)).map { ResizeAxis(extent: $0, count: $1.0, scale: $1.1) }
        }
        let scale = (aspectRatio == .notLarger ? scales.min() : scales.max()) ?? 1
        var result: [ResizeAxis] = []
        for extent in extents {
            let count = Float(extent) * scale + 0.5
            try expect(count < 0x1p31, "extents that fit in memory", found: "\(count)")
            result.append(ResizeAxis(extent: extent, count: Int(count), scale: scale))
        }
        return result
    }

    /// Notes which part of each axis the region of interest takes: all starts, then all ends.
    private func crop(
        _ plan: inout [ResizeAxis], _ chosen: [Int], _ inputs: [Value?], _ context: ExecutionContext
    ) throws(OperatorError) {
        let region = try inputs.required(1).doubles(context)
        try expect(region.count == 2 * chosen.count, "a region of \(2 * chosen.count) numbers", found: "\(region)")
        for (number, axis) in chosen.enumerated() {
            plan[axis].start = Float(region[number])
            plan[axis].end = Float(region[number + chosen.count])
        }
    }
}

extension ResizeAxis {
    /// An axis of ⌊extent · scale⌋ elements.
    init(extent: Int, scale: Float) throws(OperatorError) {
        let count = Float(extent) * scale
        try expect(scale > 0 && count < 0x1p31, "a positive scale, and extents that fit in memory", found: "\(scale)")
        self.init(extent: extent, count: Int(count), scale: scale)
    }
}
