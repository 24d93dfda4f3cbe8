import ApusCore
import ApusONNX

/// Each sequence of a batch backwards, up to its own length.
/// <https://onnx.ai/onnx/operators/onnx__ReverseSequence.html>
struct SequenceReversal: Operator {
    static let type = OperatorType("ReverseSequence", since: 10)
    private let batchAxis, timeAxis: Int

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(2...2)
        batchAxis = try node.int("batch_axis", default: 1)
        timeAxis = try node.int("time_axis", default: 0)
        guard batchAxis + timeAxis == 1, batchAxis == 0 || batchAxis == 1 else {
            throw .attributeValue(
                "batch_axis", expected: "0 or 1, and the other for time_axis", found: "\(batchAxis) and \(timeAxis)",
                node: node.label)
        }
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try context.rowMajor(try inputs.required(0))
        try expect(x.rank >= 2, "at least two dimensions", found: "\(x.shape)")
        let lengths = try inputs.required(1).indices(context), (batch, times) = (x.shape[batchAxis], x.shape[timeAxis])
        try expect(
            lengths.count == batch && lengths.allSatisfy { (0...times).contains($0) },
            "\(batch) lengths from 0 to \(times)", found: "\(lengths)")
        let result = try context.make(x.shape, x.dataType)
        let bytes = x.shape.dimensions.dropFirst(2).reduce(1, *) * x.dataType.size
        guard x.count > 0 else { return [result] }
        for (sequence, length) in lengths.enumerated() {
            for time in 0..<times {
                let source = place(sequence, time < length ? length - 1 - time : time, x.shape)
                (result.base + place(sequence, time, x.shape) * bytes).copyMemory(
                    from: x.base + source * bytes, byteCount: bytes)
            }
        }
        return [result]
    }

    private func place(_ sequence: Int, _ time: Int, _ shape: Shape) -> Int {
        batchAxis == 0 ? sequence * shape[1] + time : time * shape[1] + sequence
    }
}
