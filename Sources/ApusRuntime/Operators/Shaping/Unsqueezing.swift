import ApusCore
import ApusONNX

/// Inserts axes of extent 1. Their places are an input since opset 13.
/// <https://onnx.ai/onnx/operators/onnx__Unsqueeze.html>
struct Unsqueezing: Operator {
    static let type = OperatorType("Unsqueeze")
    private let attribute: [Int]?

    init(_ node: Node, opset: Int) throws(GraphError) {
        attribute = opset < 13 ? try node.ints("axes") : nil
        try node.requireInputs(opset < 13 ? 1...1 : 2...2)
    }

    func isReplayable(constants: [Bool]) -> Bool { constants.areConstant(from: 1) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try context.rowMajor(try inputs.required(0))
        let given = try attribute.or(try inputs.required(1).indices(context))
        try expect(given.count <= 64, "at most 64 axes", found: "\(given.count)")
        let rank = x.rank + given.count
        let axes = try Shape([Int](repeating: 1, count: rank)).resolve(axes: given)
        var rest = x.shape.dimensions[...]
        let extents = (0..<rank).map { axes.contains($0) ? 1 : rest.popFirst() ?? 1 }
        return [x.reshaped(to: Shape(extents))]
    }
}
