import ApusCore
import ApusONNX

/// Parts of an array along an axis, as a sequence: of equal extent, or as the second input lists them.
/// <https://onnx.ai/onnx/operators/onnx__SplitToSequence.html>
struct SequenceSplitting: GeneralOperator {
    static let type = OperatorType("SplitToSequence", since: 11)
    private let axis: Int
    private let keepsAxis: Bool

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...2)
        axis = try node.int("axis", default: 0)
        keepsAxis = try node.flag("keepdims", default: true)
    }

    func run(_ inputs: [AnyValue?], _ context: ExecutionContext) throws(OperatorError) -> [AnyValue] {
        guard case .strings(let texts) = try inputs.required(0) else {
            let x = try context.rowMajor(try inputs.tensor(0))
            return [.sequence(try split(x, try inputs.optionalTensor(1), context).map(AnyValue.tensor))]
        }
        let ranks = try TextRanks([.strings(texts)])
        guard let x = try ranks.tensors(of: [.strings(texts)], context)[0] else { return [] }
        let parts = try split(x, try inputs.optionalTensor(1), context)
        return [.sequence(try ranks.texts(of: parts, parts.indices, context))]
    }

    private func split(_ x: Value, _ extents: Value?, _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        try expect(x.rank > 0, "at least one dimension", found: "a scalar")
        let axis = try x.shape.resolve(axis: axis)
        let parts = try extents.map { value throws(OperatorError) in
            try Self.parts(of: x.shape[axis], value, context)
        }
        var start = 0
        var results: [Value] = []
        for part in parts ?? [Int](repeating: 1, count: x.shape[axis]) {
            var shape = x.shape
            shape[axis] = part
            let result = try context.make(shape, x.dataType)
            let strides = x.shape.strides
            context.copy(
                x.base + start * strides[axis] * x.dataType.size, strides, to: result.base, shape.strides,
                extents: shape.dimensions, size: x.dataType.size)
            start += part
            if parts == nil, !keepsAxis { shape.dimensions.remove(at: axis) }
            results.append(result.reshaped(to: shape))
        }
        return results
    }

    /// A scalar is the extent of every part but the last, a list has them all.
    private static func parts(
        of extent: Int, _ value: Value, _ context: ExecutionContext
    ) throws(OperatorError) -> [Int] {
        let given = try value.indices(context)
        guard value.rank == 0, let size = given.first else {
            try expect(
                given.allSatisfy { (0...extent).contains($0) } && given.reduce(0, +) == extent,
                "parts that add up to \(extent)", found: "\(given.prefix(8))")
            return given
        }
        try expect(size > 0, "parts of a positive extent", found: "\(size)")
        return stride(from: 0, to: extent, by: size).map { min(size, extent - $0) }
    }
}
