import ApusCore
import ApusONNX

/// The upper or lower triangle of the last two axes, 0 elsewhere; `k` moves the diagonal to the right.
/// <https://onnx.ai/onnx/operators/onnx__Trilu.html>
struct Triangle: Operator {
    static let type = OperatorType("Trilu", since: 14)
    private let isUpper: Bool

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...2)
        isUpper = try node.flag("upper", default: true)
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try context.rowMajor(try inputs.required(0))
        try expect(x.rank >= 2, "at least two dimensions", found: "\(x.shape)")
        let offsets = try inputs.optional(1).map { k throws(OperatorError) in try k.indices(context) } ?? [0]
        try expect(offsets.count == 1, "one number for the diagonal", found: "\(offsets.count)")
        let (rows, columns, size) = (x.shape[-2], x.shape[-1], x.dataType.size)
        // Beyond the corners it makes no difference how far.
        let diagonal = min(max(offsets[0], -rows), columns)
        let result = try context.make(x.shape, x.dataType)
        result.base.initializeMemory(as: UInt8.self, repeating: 0, count: x.count * size)
        guard x.count > 0 else { return [result] }
        for line in 0..<x.count / columns {
            let edge = min(max(line % rows + diagonal + (isUpper ? 0 : 1), 0), columns)
            let kept = isUpper ? edge..<columns : 0..<edge
            let start = (line * columns + kept.lowerBound) * size
            (result.base + start).copyMemory(from: x.base + start, byteCount: kept.count * size)
        }
        return [result]
    }
}
