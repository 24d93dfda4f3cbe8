import ApusCore
import ApusONNX

/// Extends (or crops) each axis at both ends with a constant, the edge, or a reflection.
/// Amounts are attributes before opset 11, inputs since. <https://onnx.ai/onnx/operators/onnx__Pad.html>
struct Padding: Operator {
    static let type = OperatorType("Pad", since: 2)

    fileprivate enum Mode: String { case constant, edge, reflect, wrap }

    private let mode: Mode
    private let attributes: (pads: [Int], value: Float)?

    init(_ node: Node, opset: Int) throws(GraphError) {
        let name = try node.string("mode", default: "constant")
        guard let mode = Mode(rawValue: name) else {
            throw .attributeValue("mode", expected: "constant, edge, reflect or wrap", found: name, node: node.label)
        }
        self.mode = mode
        try node.requireInputs(opset < 11 ? 1...1 : 2...4)
        attributes = opset < 11 ? (try node.ints("pads"), try node.float("value", default: 0)) : nil
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try inputs.required(0)
        let (before, after) = try amounts(inputs, x, context)
        var extents: [Int] = []
        for axis in 0..<x.rank { extents.append(x.shape[axis] + before[axis] + after[axis]) }
        try expect(extents.allSatisfy { $0 >= 0 }, "pads that leave something", found: "\(before) and \(after)")
        guard mode != .constant else { return [try padConstant(x, Shape(extents), before, inputs, context)] }
        return [try repeatElements(of: try context.rowMajor(x), Shape(extents), before, after, context)]
    }

    private func amounts(
        _ inputs: [Value?], _ x: Value, _ context: ExecutionContext
    ) throws(OperatorError) -> (before: [Int], after: [Int]) {
        let pads = try (attributes?.pads).or(try inputs.required(1).indices(context))
        let given = try inputs.optional(3).map { value throws(OperatorError) in try value.indices(context) }
        let axes = try x.shape.resolve(axes: given ?? Array(0..<x.rank))
        try expect(
            pads.count == 2 * axes.count && pads.allSatisfy { abs($0.clampedPad) < 1 << 40 },
            "\(2 * axes.count) amounts", found: "\(pads)")
        var before = [Int](repeating: 0, count: x.rank), after = before
        for (index, axis) in axes.enumerated() {
            (before[axis], after[axis]) = (pads[index], pads[index + axes.count])
        }
        return (before, after)
    }

    private func padConstant(
        _ x: Value, _ shape: Shape, _ before: [Int], _ inputs: [Value?], _ context: ExecutionContext
    ) throws(OperatorError) -> Value {
        let result = try context.make(shape, like: x)
        guard result.count > 0 else { return result }
        let filler = try filler(inputs, x, context)
        context.copy(
            filler.base, [Int](repeating: 0, count: x.rank), to: result.base, result.strides,
            extents: shape.dimensions, size: x.dataType.size)
        let strides = result.strides, own = x.strides
        var source = 0, target = 0
        var extents = x.shape.dimensions
        for axis in 0..<x.rank {
            let first = max(0, -before[axis]), last = min(x.shape[axis], shape[axis] - before[axis])
            extents[axis] = max(0, last - first)
            source += first * own[axis]
            target += (first + before[axis]) * strides[axis]
        }
        guard !extents.contains(0) else { return result }
        context.copy(
            x.base + source * x.dataType.size, own, to: result.base + target * x.dataType.size, strides,
            extents: extents, size: x.dataType.size)
        return result
    }

    private func filler(_ inputs: [Value?], _ x: Value, _ context: ExecutionContext) throws(OperatorError) -> Value {
        if let value = inputs.optional(2), value.count > 0 {
            try value.require(x.dataType)
            try expect(value.count == 1, "one value", found: "\(value.shape)")
            return value
        }
        if x.dataType.isFloatingPoint {
            return try context.make([], x.dataType, doubles: [Double(attributes?.value ?? 0)])
        }
        return try context.make([], x.dataType, integers: [0])
    }

    private func repeatElements(
        of x: Value, _ shape: Shape, _ before: [Int], _ after: [Int], _ context: ExecutionContext
    ) throws(OperatorError) -> Value {
        let result = try context.make(shape, x.dataType)
        guard let width = shape.dimensions.last else {
            context.copy(x, to: result)
            return result
        }
        let axes = (0..<x.rank).map { RepeatedAxis(mode, extent: x.shape[$0], before: before[$0], after: after[$0]) }
        for (axis, repeated) in axes.enumerated() {
            try expect(!repeated.kept.isEmpty || shape[axis] == 0, "something to repeat", found: "nothing")
        }
        guard result.count > 0 else { return result }
        let own = x.strides, strides = result.strides, size = x.dataType.size
        context.forEachRange(below: result.count / width, of: (1 << 14) / width) { lines in
            for line in lines {
                var source = 0
                for axis in 0..<shape.rank - 1 {
                    source += axes[axis].source(of: line * width / strides[axis] % shape[axis]) * own[axis]
                }
                axes[shape.rank - 1].copyLine(
                    from: x.base + source * size, to: result.base + line * width * size, width: width, size: size)
            }
        }
        return result
    }
}

/// An axis that is cropped, where a pad is negative, and then goes on with what it has.
private struct RepeatedAxis {
    let mode: Padding.Mode
    /// The indices that are left: what is cropped away is neither an edge nor reflected.
    let kept: Range<Int>
    let before: Int

    init(_ mode: Padding.Mode, extent: Int, before: Int, after: Int) {
        let first = max(0, -before)
        (self.mode, self.before) = (mode, max(0, before))
        kept = first..<max(first, extent + min(0, after))
    }

    /// The index that `place` of the padded axis copies.
    func source(of place: Int) -> Int {
        let index = place - before, extent = kept.count
        switch mode {
        case .reflect:
            guard extent > 1 else { return kept.lowerBound }
            let period = 2 * (extent - 1), folded = ((index % period) + period) % period
            return kept.lowerBound + (folded < extent ? folded : period - folded)
        case .wrap: return kept.lowerBound + ((index % extent) + extent) % extent
        default: return kept.lowerBound + min(max(index, 0), extent - 1)
        }
    }

    /// Elements of `size` bytes; those that are kept in one go.
    func copyLine(from source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, width: Int, size: Int) {
        (target + before * size).copyMemory(from: source + kept.lowerBound * size, byteCount: kept.count * size)
        for place in [0..<before, before + kept.count..<width].joined() {
            (target + place * size).copyMemory(from: source + self.source(of: place) * size, byteCount: size)
        }
    }
}

extension Int {
    /// Itself, or a bound whose magnitude exists.
    fileprivate var clampedPad: Int { self == .min ? .max : self }
}
