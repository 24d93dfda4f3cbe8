import ApusCore
import ApusONNX
import CApusKernels

/// `y = x` where `x ≥ 0`, `slope · x` elsewhere, with slopes that broadcast to x.
/// <https://onnx.ai/onnx/operators/onnx__PRelu.html>
struct PReLU: Operator {
    static let type = OperatorType("PRelu", since: 7)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(2...2) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try inputs.required(0, .float32), slope = try inputs.required(1, .float32)
        try expect(
            x.shape.broadcast(with: slope.shape) == x.shape, "slopes that broadcast to \(x.shape)",
            found: "\(slope.shape)")
        let positive = try context.apply(apus_activation(APUS_RELU), to: x)
        let negative = try context.combine(.subtract, x, positive)
        return [try context.combine(.add, positive, try context.combine(.multiply, negative, slope))]
    }
}
