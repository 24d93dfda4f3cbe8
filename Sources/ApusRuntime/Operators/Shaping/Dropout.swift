import ApusCore
import ApusONNX

/// Its input: nothing is dropped at inference, or where the ratio is 0.
/// <https://onnx.ai/onnx/operators/onnx__Dropout.html>
struct Dropout: Operator {
    static let type = OperatorType("Dropout", since: 7)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(1...3) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try inputs.required(0)
        if let training = inputs.optional(2) {
            let isTraining = try training.integers(context).contains { $0 != 0 }
            let ratio = try inputs.optional(1)?.doubles(context).first ?? 0.5
            guard !isTraining || ratio == 0 else { throw .unsupported("dropout in training mode") }
        }
        let mask = try context.make(x.shape, .bool, integers: [Int64](repeating: 1, count: x.count))
        return [x, mask]
    }
}
