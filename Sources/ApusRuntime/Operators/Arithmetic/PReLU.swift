import ApusCore
import ApusONNX
import CApusKernels

/// `y = x` where `x ≥ 0`, `slope · x` elsewhere, with slopes that broadcast to x; before opset 7, one for each channel.
/// <https://onnx.ai/onnx/operators/onnx__PRelu.html>
struct PReLU: Operator {
    static let type = OperatorType("PRelu")
    private let slopesAreChannels: Bool

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(2...2)
        slopesAreChannels = opset < 7
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try inputs.required(0), given = try inputs.required(1, x.dataType)
        let slope = slopesAreChannels ? try channels(given, of: x) : given
        try expect(
            x.shape.broadcast(with: slope.shape) == x.shape, "slopes that broadcast to \(x.shape)",
            found: "\(slope.shape)")
        guard x.dataType == .float32 else { return [try byElement(x, slope, context)] }
        let positive = try context.apply(apus_activation(APUS_RELU), to: x)
        let negative = try context.apply(apus_activation(APUS_CLIP, -.infinity, 0), to: x)
        return [try context.combine(.add, positive, try context.combine(.multiply, negative, slope))]
    }

    private func channels(_ slope: Value, of x: Value) throws(OperatorError) -> Value {
        guard slope.count > 1, slope.rank == 1 else { return slope }
        try expect(x.rank > 1, "at least two dimensions", found: "\(x.shape)")
        return slope.reshaped(to: Shape([slope.count] + [Int](repeating: 1, count: x.rank - 2)))
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
