import ApusCore
import ApusONNX

/// Two dimensions: those before `axis`, and the rest. <https://onnx.ai/onnx/operators/onnx__Flatten.html>
struct Flattening: Operator {
    static let type = OperatorType("Flatten")
    private let axis: Int

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        axis = try node.int("axis", default: 1)
    }

    func isReplayable(constants: [Bool]) -> Bool { true }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try context.rowMajor(try inputs.required(0))
        try expect((-x.rank...x.rank).contains(axis), "an axis within \(x.rank) dimensions", found: "\(axis)")
        let axis = axis < 0 ? axis + x.rank : axis
        let extents = x.shape.dimensions
        return [x.reshaped(to: [extents[..<axis].reduce(1, *), extents[axis...].reduce(1, *)])]
    }
}
