import ApusCore
import ApusONNX

/// Parts of an array along an axis; their extents are an attribute before opset 13, an input since, or equal.
/// <https://onnx.ai/onnx/operators/onnx__Split.html>
struct Splitting: Operator {
    static let type = OperatorType("Split", since: 2)
    private let axis: Int
    private let attribute: [Int]?
    private let partCount: Int

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...(opset < 13 ? 1 : 2))
        axis = try node.int("axis", default: 0)
        attribute = try node.optionalInts("split")
        partCount = node.outputs.count
        if let declared = try node.optionalInt("num_outputs"), declared != partCount {
            throw .attributeValue("num_outputs", expected: "\(partCount)", found: "\(declared)", node: node.label)
        }
    }

    var splitsChannels: Bool { axis == 1 || axis == -3 }

    func isReplayable(constants: [Bool]) -> Bool { constants.areConstant(from: 1) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try inputs.required(0)
        let axis = try x.shape.resolve(axis: axis)
        try expect(x.rank > 0, "at least one dimension", found: "a scalar")
        let given =
            try inputs.optional(1).map { value throws(OperatorError) in try value.indices(context) } ?? attribute
        let parts = given ?? equalParts(of: x.shape[axis])
        try expect(
            parts.count == partCount && parts.allSatisfy { (0...x.shape[axis]).contains($0) }
                && parts.reduce(0, +) == x.shape[axis],
            "\(partCount) parts that add up to \(x.shape[axis])", found: "\(parts)")
        var start = 0
        var results: [Value] = []
        for part in parts {
            results.append(try slice(x, axis, start, part, context))
            start += part
        }
        return results
    }

    /// The last is smaller where the extent does not divide.
    private func equalParts(of extent: Int) -> [Int] {
        guard partCount > 0 else { return [] }
        let size = (extent + partCount - 1) / partCount
        return (0..<partCount).map { min(size, max(0, extent - $0 * size)) }
    }

    private func slice(
        _ x: Value, _ axis: Int, _ start: Int, _ extent: Int, _ context: ExecutionContext
    ) throws(OperatorError) -> Value {
        // Channels of an image that lies channels last need no copy.
        if x.isChannelsLast, axis == 1, x.dataType == .float32 || x.dataType.isByte {
            return x.channels(from: start, count: extent)
        }
        var shape = x.shape
        shape[axis] = extent
        let result = try context.make(shape, like: x)
        let strides = x.strides
        context.copy(
            x.base + start * strides[axis] * x.dataType.size, strides, to: result.base, result.strides,
            extents: shape.dimensions, size: x.dataType.size)
        return result
    }
}
