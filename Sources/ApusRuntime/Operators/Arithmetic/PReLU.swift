import ApusCore
import ApusONNX
import CApusKernels

/// `y = x` where `x ≥ 0`, `slope · x` elsewhere, with slopes that broadcast to x.
/// <https://onnx.ai/onnx/operators/onnx__PRelu.html>
struct PReLU: Operator {
    static let type = OperatorType("PRelu", since: 7)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(2...2) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try inputs.required(0), slope = try inputs.required(1, x.dataType)
        try expect(
            x.shape.broadcast(with: slope.shape) == x.shape, "slopes that broadcast to \(x.shape)",
            found: "\(slope.shape)")
        guard x.dataType == .float32 else { return [try byElement(x, slope, context)] }
        let positive = try context.apply(apus_activation(APUS_RELU), to: x)
        let negative = try context.apply(apus_activation(APUS_CLIP, -.infinity, 0), to: x)
        return [try context.combine(.add, positive, try context.combine(.multiply, negative, slope))]
    }

    private func byElement(
        _ x: Value, _ slope: Value, _ context: ExecutionContext
    ) throws(OperatorError) -> Value {
        let result = try context.make(x.shape, x.dataType)
        let loop = BroadcastLoop(x.shape, [x.shape, slope.shape])
        try x.dataType.accept(
            PReLULoop(x: try context.rowMajor(x), slope: try context.rowMajor(slope), result: result, loop: loop))
        return result
    }
}

private struct PReLULoop: NumberVisitor {
    let x, slope, result: Value
    let loop: BroadcastLoop

    func visit<Element: Number>(_ type: Element.Type) throws(OperatorError) {
        loop.map(x.pointer(type), slope.pointer(type), into: result.pointer(type)) { x, slope in
            x < .nought ? .product(slope, x) : x
        }
    }
}
