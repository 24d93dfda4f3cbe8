import ApusCore
import ApusONNX

/// One element for each index, from the index's own place but for `axis`.
/// <https://onnx.ai/onnx/operators/onnx__GatherElements.html>
struct ElementGathering: Operator {
    static let type = OperatorType("GatherElements", since: 11)
    private let axis: Int

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(2...2)
        axis = try node.int("axis", default: 0)
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try context.rowMajor(try inputs.required(0)), which = try inputs.required(1)
        let axis = try x.shape.resolve(axis: axis)
        let fits =
            x.rank > 0 && x.rank == which.rank
            && (0..<x.rank).allSatisfy { $0 == axis || which.shape[$0] <= x.shape[$0] }
        try expect(fits, "indices within \(x.shape)", found: "\(which.shape)")
        let indices = try which.indices(context), extent = x.shape[axis], strides = x.shape.strides
        try expect(indices.allSatisfy { (-extent..<extent).contains($0) }, "indices within \(extent)", found: "others")
        let result = try context.make(which.shape, x.dataType)
        let size = x.dataType.size, own = which.shape.strides
        for (position, index) in indices.enumerated() {
            var source = (index < 0 ? index + extent : index) * strides[axis]
            for other in 0..<x.rank where other != axis {
                source += position / own[other] % which.shape[other] * strides[other]
            }
            (result.base + position * size).copyMemory(from: x.base + source * size, byteCount: size)
        }
        return [result]
    }
}
