import ApusCore
import ApusONNX

/// Leaves out axes of extent 1: those named, or all. The names are an input since opset 13.
/// <https://onnx.ai/onnx/operators/onnx__Squeeze.html>
struct Squeezing: Operator {
    static let type = OperatorType("Squeeze")
    private let attribute: [Int]?

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...(opset < 13 ? 1 : 2))
        attribute = try node.optionalInts("axes")
    }

    func isReplayable(constants: [Bool]) -> Bool { constants.areConstant(from: 1) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try context.rowMajor(try inputs.required(0))
        let given = try inputs.optional(1).map { axes throws(OperatorError) in try axes.indices(context) } ?? attribute
        let axes = try x.shape.resolve(axes: given ?? x.shape.dimensions.indices.filter { x.shape[$0] == 1 })
        try expect(axes.allSatisfy { x.shape[$0] == 1 }, "axes of extent 1", found: "\(axes) of \(x.shape)")
        return [x.reshaped(to: Shape((0..<x.rank).filter { !axes.contains($0) }.map { x.shape[$0] }))]
    }
}
