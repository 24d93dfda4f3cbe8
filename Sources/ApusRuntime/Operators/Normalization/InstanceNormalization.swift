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
        let x = try context.rowMajor(try inputs.required(0))
        try x.requireReal()
        try expect(x.rank >= 3, "at least 3 dimensions", found: "\(x.shape)")
        let groups = x.shape[0] * x.shape[1], count = x.count / max(1, groups)
        let scale = try inputs.required(1), bias = try inputs.required(2)
        try scale.requireParameters(x.shape[1], x.dataType)
        try bias.requireParameters(x.shape[1], x.dataType)
        let job = Standardization(
            groups: groups, count: count, epsilon: epsilon, scale: scale, bias: bias, elementsOfParameter: count)
        return [try count == 1 ? constant(x, bias, context) : job(x, context).result]
    }

    /// One pixel a channel is its own mean.
    private func constant(_ x: Value, _ bias: Value, _ context: ExecutionContext) throws(OperatorError) -> Value {
        let y = try context.make(x.shape, x.dataType)
        context.copy(
            bias.base, [0, 1], to: y.base, [x.shape[1], 1], extents: [x.shape[0], x.shape[1]], size: x.dataType.size)
        return y
    }
}
