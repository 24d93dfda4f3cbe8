import ApusCore
import ApusONNX

/// Puts each update at its own place but for `axis`, where the index says; equal places are merged as `reduction`
/// says. <https://onnx.ai/onnx/operators/onnx__ScatterElements.html>
struct ElementScattering: Operator {
    static let type = OperatorType("ScatterElements", since: 11)
    private let axis: Int
    private let reduction: ScatterReduction

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(3...3)
        axis = try node.int("axis", default: 0)
        reduction = try ScatterReduction(node)
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try inputs.required(0), which = try inputs.required(1), updates = try inputs.required(2)
        try expect(updates.shape == which.shape, "updates of shape \(which.shape)", found: "\(updates.shape)")
        let places = try x.shape.places(of: which, axis: axis, context)
        return [try context.scatter(updates, into: x, at: places, length: 1, reduction)]
    }
}

extension Shape {
    /// For each index, the element of an array of this shape at the index's own place but for `axis`.
    func places(of which: Value, axis: Int, _ context: ExecutionContext) throws(OperatorError) -> [Int] {
        let axis = try resolve(axis: axis)
        let fits =
            rank > 0 && rank == which.rank
            && (0..<rank).allSatisfy { $0 == axis || which.shape[$0] <= self[$0] }
        try expect(fits, "indices within \(self)", found: "\(which.shape)")
        let extent = self[axis], strides = strides, own = which.shape.strides
        var places = try which.indices(context)
        for (position, index) in places.enumerated() {
            try expect((-extent..<extent).contains(index), "indices within \(extent)", found: "\(index)")
            var place = (index < 0 ? index + extent : index) * strides[axis]
            for other in 0..<rank where other != axis {
                place += position / own[other] % which.shape[other] * strides[other]
            }
            places[position] = place
        }
        return places
    }
}
