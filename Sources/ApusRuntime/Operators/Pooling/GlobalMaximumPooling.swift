import ApusCore
import ApusONNX

/// The largest of each channel over all pixels. <https://onnx.ai/onnx/operators/onnx__GlobalMaxPool.html>
struct GlobalMaximumPooling: Operator {
    static let type = OperatorType("GlobalMaxPool")

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(1...1) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try inputs.required(0)
        try expect(x.rank >= 3, "at least 3 dimensions", found: "\(x.shape)")
        return [try context.reduce(x, Array(2..<x.rank), .maximum, keeps: true)]
    }
}
