import ApusCore
import ApusONNX

/// The elements from `axis` on to mean 0 and variance 1, then scaled and shifted.
/// <https://onnx.ai/onnx/operators/onnx__LayerNormalization.html>
///
/// Ba et al., *Layer Normalization*, <https://arxiv.org/abs/1607.06450>.
struct LayerNormalization: Operator {
    static let type = OperatorType("LayerNormalization", since: 17)
    private let axis: Int
    private let epsilon: Float

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(2...3)
        axis = try node.int("axis", default: -1)
        epsilon = try node.float("epsilon", default: 1e-5)
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try context.rowMajor(try inputs.required(0))
        try x.requireReal()
        let axis = try x.shape.resolve(axis: axis)
        try expect(x.count > 0 && x.rank > 0, "at least one element", found: "\(x.shape)")
        let groups = x.shape.dimensions[..<axis].reduce(1, *)
        let (result, moments) = try normalize(x, from: axis, groups: groups, inputs, context)
        try expect(result.shape == x.shape, "scale and bias that broadcast to \(x.shape)", found: "\(result.shape)")
        let shape = Shape(x.shape.dimensions.enumerated().map { $0.offset < axis ? $0.element : 1 })
        let deviations = moments.map { $0.inverseDeviation(epsilon: epsilon) }
        return [
            result, try context.make(shape, .float32, doubles: moments.map(\.mean)),
            try context.make(shape, .float32, doubles: deviations),
        ]
    }

    private func normalize(
        _ x: Value, from axis: Int, groups: Int, _ inputs: [Value?], _ context: ExecutionContext
    ) throws(OperatorError) -> (result: Value, moments: [Moments]) {
        let scale = try inputs.required(1, x.dataType), bias = inputs.optional(2)
        var job = Standardization(groups: groups, count: x.count / groups, epsilon: epsilon)
        let own = Shape(Array(x.shape.dimensions[axis...]))
        if scale.shape == own, bias == nil || bias?.shape == own && bias?.dataType == x.dataType {
            (job.scale, job.bias) = (scale, bias)
            return try job(x, context)
        }
        let (standard, moments) = try job(x, context)
        var result = try context.combine(.multiply, standard, scale)
        if let bias { result = try context.combine(.add, result, bias) }
        return (result, moments)
    }
}
