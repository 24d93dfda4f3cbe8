import ApusCore
import ApusONNX

/// The elements from `axis` on to mean 0 and variance 1, then scaled and shifted.
/// <https://onnx.ai/onnx/operators/onnx__LayerNormalization.html>
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
        let x = try context.rowMajor(try inputs.required(0, .float32))
        let axis = try x.shape.resolve(axis: axis)
        let groups = x.shape.dimensions[..<axis].reduce(1, *)
        try expect(x.count > 0 && x.rank > 0, "at least one element", found: "\(x.shape)")
        let (y, means, inverses) = try context.standardize(
            x, groups: groups, count: x.count / groups, epsilon: epsilon)
        var result = try context.combine(.multiply, y, try inputs.required(1, .float32))
        if let bias = inputs.optional(2) { result = try context.combine(.add, result, bias) }
        try expect(result.shape == x.shape, "scale and bias that broadcast to \(x.shape)", found: "\(result.shape)")
        let shape = Shape(x.shape.dimensions.enumerated().map { $0.offset < axis ? $0.element : 1 })
        return [
            result, try context.make(shape, .float32, doubles: means),
            try context.make(shape, .float32, doubles: inverses),
        ]
    }
}
