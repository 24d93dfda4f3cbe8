import ApusCore
import ApusONNX

/// The axes in another order: reversed, or as `perm` says. <https://onnx.ai/onnx/operators/onnx__Transpose.html>
struct Transposition: Operator {
    static let type = OperatorType("Transpose")
    private let order: [Int]?

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        order = try node.optionalInts("perm")
    }

    func isReplayable(constants: [Bool]) -> Bool { true }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try inputs.required(0)
        let order = order ?? Array((0..<x.rank).reversed())
        try expect(order.sorted() == Array(0..<x.rank), "an order of \(x.rank) axes", found: "\(order)")
        if let same = reinterpreted(x, order) { return [same] }
        return [try context.transposed(x, by: order)]
    }

    /// NCHW ↔ NHWC changes names only where the memory already lies so.
    private func reinterpreted(_ x: Value, _ order: [Int]) -> Value? {
        guard order == [0, 2, 3, 1], x.isChannelsLast, x.isDense else { return nil }
        let shape = Shape(order.map { x.shape[$0] })
        return Value(shape, x.dataType, storage: x.storage, offset: x.offset)
    }
}
