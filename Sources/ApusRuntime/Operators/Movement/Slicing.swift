import ApusCore
import ApusONNX

/// A range of each axis, with steps of either sign. Ranges are attributes before opset 10, inputs since.
/// <https://onnx.ai/onnx/operators/onnx__Slice.html>
struct Slicing: Operator {
    static let type = OperatorType("Slice")
    private let attributes: (starts: [Int], ends: [Int], axes: [Int]?)?

    init(_ node: Node, opset: Int) throws(GraphError) {
        guard opset < 10 else {
            attributes = nil
            try node.requireInputs(3...5)
            return
        }
        try node.requireInputs(1...1)
        attributes = (try node.ints("starts"), try node.ints("ends"), try node.optionalInts("axes"))
    }

    func isReplayable(constants: [Bool]) -> Bool { constants.areConstant(from: 1) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try inputs.required(0)
        let starts = try (attributes?.starts).or(try inputs.required(1).indices(context))
        let ends = try (attributes?.ends).or(try inputs.required(2).indices(context))
        let given = try inputs.optional(3).map { value throws(OperatorError) in try value.indices(context) }
        let axes = try x.shape.resolve(axes: given ?? attributes?.axes ?? Array(0..<starts.count))
        let steps =
            try inputs.optional(4).map { value throws(OperatorError) in try value.indices(context) }
            ?? [Int](repeating: 1, count: axes.count)
        try expect(
            starts.count == axes.count && ends.count == axes.count && steps.count == axes.count,
            "one start, end and step for each of \(axes.count) axes",
            found: "\(starts.count), \(ends.count) and \(steps.count)")
        try expect(steps.allSatisfy { $0 != 0 && $0 != .min }, "steps other than 0", found: "\(steps)")
        var shape = x.shape
        var strides = x.strides
        var offset = 0
        for (index, axis) in axes.enumerated() {
            let range = Self.range(starts[index], ends[index], steps[index], extent: x.shape[axis])
            shape[axis] = range.count
            offset += range.first * strides[axis]
            // A step beyond the axis is never taken.
            if range.count > 1 { strides[axis] *= steps[index] }
        }
        let result = try context.make(shape, like: x)
        guard result.count > 0 else { return [result] }
        context.copy(
            x.base + offset * x.dataType.size, strides, to: result.base, result.strides, extents: shape.dimensions,
            size: x.dataType.size)
        return [result]
    }

    /// The first index and the count of `start`, `start + step`, … before `end`; both bounds count from the end where
    /// they are negative, and are clamped.
    private static func range(_ start: Int, _ end: Int, _ step: Int, extent: Int) -> (first: Int, count: Int) {
        func clamp(_ value: Int, _ low: Int, _ high: Int) -> Int {
            min(max(value < 0 ? (value < -extent ? -1 : value + extent) : value, low), high)
        }
        guard extent > 0 else { return (0, 0) }
        if step > 0 {
            let first = clamp(start, 0, extent), last = clamp(end, 0, extent)
            return (first, last > first ? (last - first - 1) / step + 1 : 0)
        }
        let first = clamp(start, -1, extent - 1), last = clamp(end, -1, extent - 1)
        return (max(first, 0), first > last ? (first - last - 1) / -step + 1 : 0)
    }
}
