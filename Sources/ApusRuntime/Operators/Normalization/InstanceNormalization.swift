import ApusCore
import ApusONNX

/// Each channel of each image to mean 0 and variance 1, then scaled and shifted.
/// <https://onnx.ai/onnx/operators/onnx__InstanceNormalization.html>
struct InstanceNormalization: Operator {
    static let type = OperatorType("InstanceNormalization", since: 6)
    private let epsilon: Float

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(3...3)
        epsilon = try node.float("epsilon", default: 1e-5)
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try context.rowMajor(try inputs.required(0, .float32))
        try expect(x.rank >= 3, "at least 3 dimensions", found: "\(x.shape)")
        let groups = x.shape[0] * x.shape[1], channels = x.shape[1]
        let scale = try inputs.required(1, .float32), bias = try inputs.required(2, .float32)
        try expect(
            scale.count == channels && bias.count == channels, "\(channels) scales and biases",
            found: "\(scale.shape) and \(bias.shape)")
        guard x.count > 0 else { return [x] }
        let y = try context.standardize(x, groups: groups, count: x.count / groups, epsilon: epsilon).result
        let shape = Shape([channels] + [Int](repeating: 1, count: x.rank - 2))
        let scaled = try context.combine(.multiply, y, try context.rowMajor(scale).reshaped(to: shape))
        return [try context.combine(.add, scaled, try context.rowMajor(bias).reshaped(to: shape))]
    }
}
