import ApusCore
import ApusONNX
import CApusKernels

/// `y = min(max(x, low), high)`; the bounds are attributes before opset 11, inputs since.
/// <https://onnx.ai/onnx/operators/onnx__Clip.html>
struct Clip: ElementwiseFunction {
    static let type = OperatorType("Clip")
    private(set) var function: apus_activation?
    private let boundsAreInputs: Bool
    private let hasLow, hasHigh: Bool

    init(_ node: Node, opset: Int) throws(GraphError) {
        boundsAreInputs = opset >= 11
        try node.requireInputs(boundsAreInputs ? 1...3 : 1...1)
        (hasLow, hasHigh) = (node.input(1) != nil, node.input(2) != nil)
        guard !boundsAreInputs || !hasLow && !hasHigh else { return }
        let low = boundsAreInputs ? -Float.infinity : try node.float("min", default: -.infinity)
        let high = boundsAreInputs ? Float.infinity : try node.float("max", default: .infinity)
        function = apus_activation(APUS_CLIP, low, high)
    }

    mutating func prepare(_ constants: [NDArray?], _ context: ExecutionContext) throws(OperatorError) {
        let (low, high) = (bound(constants, 1), bound(constants, 2))
        guard function == nil, (low != nil) == hasLow, (high != nil) == hasHigh else { return }
        function = apus_activation(APUS_CLIP, low ?? -.infinity, high ?? .infinity)
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try inputs.required(0)
        if let function, x.dataType.isFloatingPoint { return [try context.apply(function, to: x)] }
        var y = x
        if let low = inputs.optional(1) { y = try context.combine(.maximum, y, low) }
        if let high = inputs.optional(2) { y = try context.combine(.minimum, y, high) }
        return [y]
    }

    private func bound(_ constants: [NDArray?], _ index: Int) -> Float? {
        guard index < constants.count, let array = constants[index] else { return nil }
        guard array.dataType == .float32, array.count == 1 else { return nil }
        return array.withElements(of: Float.self) { $0[0] }
    }
}
